// Puts the page together.

import { showAnswers } from "/page/files/answers.js";
import { showAppearance } from "/page/files/appearance.js";
import { showAttaching } from "/page/files/attaching.js";
import { Client } from "/page/files/client.js";
import { showComposer } from "/page/files/composer.js";
import { showDrawer } from "/page/files/drawer.js";
import { showHeader } from "/page/files/header.js";
import { showMessages } from "/page/files/messages.js";
import { showPeople } from "/page/files/people.js";

const client = new Client();
showAppearance();
showPeople(client);
showHeader(client);
showMessages(client);
showComposer(client);
showAttaching(client);
showDrawer(client);
showAnswers(client);

const payload = new URLSearchParams(location.search).get("start");
if (payload) client.payload = payload;
client.listen();
