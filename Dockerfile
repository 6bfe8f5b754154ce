# Two stages: the first installs the locked packages, the second holds them and the program, and nothing that builds.
# BASE may be any Debian-based image with Python 3.11 or newer as `python3`, and with its venv module.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
WORKDIR /app
COPY requirements.txt .
RUN python3 -m venv /app/.venv \
    && /app/.venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        --only-binary :all: -r requirements.txt \
    && /app/.venv/bin/python -m pip uninstall --quiet --yes setuptools pip
COPY bot bot
COPY handlers handlers
COPY petition petition
COPY storage storage
# At run time the root file system is read-only: what Python compiles must be there.
# And whoever built it may have a strict umask: the user of the image must be able to read it all the same.
RUN /app/.venv/bin/python -m compileall -q bot handlers petition storage && chmod -R u=rwX,go=rX /app

FROM ${BASE}
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BOT_DATA=/data \
    BOT_KEYS=/keys \
    BOT_LISTEN=127.0.0.1:8080 \
    SQLITE_TMPDIR=/data
RUN groupadd --gid 10001 undersigned \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin undersigned \
    && install -d -m 0700 -o undersigned -g undersigned /data /keys
COPY --from=build /app /app
WORKDIR /app
USER undersigned
VOLUME ["/data", "/keys"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://' + os.environ['BOT_LISTEN'] + '/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
