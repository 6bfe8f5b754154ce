// What the page knows, and what it asks of the sandbox. Views listen for "change" (the state is new), "person" (another
// one is looked at), "answer" (a tap was answered) and "edit" (a message of one's own is to be changed).

const TAP_SECONDS = 15;

const keyOf = (message, data) => `${message} ${data}`;

export class Client extends EventTarget {
  person = null;
  state = null;
  payload = null; // of the deep link that was opened and not yet begun
  #asking = null;
  #again = false;
  #pressing = new Set(); // taps on their way to the sandbox
  #awaited = new Set(); // the numbers of this page's own taps

  get me() {
    return this.state?.people.find((one) => one.id === this.person);
  }

  choose(person) {
    this.person = person;
    this.#tell("person");
    return this.refresh();
  }

  listen() {
    new EventSource("/page/events").onmessage = () => this.refresh();
  }

  // One question at a time: what changes meanwhile is asked for once more.
  refresh() {
    this.#again = true;
    this.#asking ??= this.#ask().finally(() => { this.#asking = null; });
    return this.#asking;
  }

  async #ask() {
    while (this.#again) {
      this.#again = false;
      const person = this.person;
      const answer = await fetch(`/page/state${person ? `?person=${person}` : ""}`);
      const state = await answer.json();
      if (this.person !== person) this.#again = true;
      else this.#take(state);
    }
  }

  #take(state) {
    this.state = state;
    if (this.person === null && state.people.length) {
      this.person = state.people[0].id;
      this.#again = true;
    }
    this.#tell("change");
    for (const tap of state.taps) {
      if (tap.waits || !this.#awaited.delete(tap.query)) continue;
      if (tap.done && tap.shown && tap.text) this.#tell("answer", tap);
    }
  }

  async post(action, body) {
    return this.#send(action, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }

  async upload(form) {
    form.append("person", this.person);
    return this.#send("upload", { body: form });
  }

  async #send(action, request) {
    const answer = await fetch(`/page/${action}`, { method: "POST", ...request });
    if (!answer.ok) throw new Error(`${action}: ${answer.status}`);
    return answer.json();
  }

  say(text) {
    return this.post("send", { person: this.person, text });
  }

  async press(message, data) {
    const key = keyOf(message, data);
    this.#pressing.add(key);
    this.#tell("change");
    const { query } = await this.post("press", { person: this.person, message, data });
    this.#awaited.add(query);
    setTimeout(() => this.refresh(), TAP_SECONDS * 1000 + 500);
    await this.refresh();
    this.#pressing.delete(key);
    this.#tell("change");
  }

  isBusy(message, data) {
    if (this.#pressing.has(keyOf(message, data))) return true;
    return this.state.taps.some((tap) => tap.waits && tap.message === message && tap.data === data);
  }

  openDeepLink(payload) {
    this.payload = payload;
    this.#tell("change");
  }

  begin() {
    const text = this.payload ? `/start ${this.payload}` : "/start";
    this.payload = null;
    return this.say(text);
  }

  change(message) {
    this.#tell("edit", message);
  }

  #tell(kind, detail = null) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
