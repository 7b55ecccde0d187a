# One image for every process of Laufzettel; docker-compose.yml says which process a container is.
# The health of each process is checked by docker-compose.yml: they are different for each.

FROM python:3.12.12-slim-bookworm AS packages
WORKDIR /build
COPY requirements.lock .
# Ready-made wheels whose hash is in the lock file, nothing else: no compiler, no build scripts.
RUN python -m venv /opt/laufzettel \
    && /opt/laufzettel/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary :all: -r requirements.lock

FROM python:3.12.12-slim-bookworm
RUN groupadd --gid 10001 laufzettel \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin laufzettel \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/laufzettel/files
COPY --from=packages /opt/laufzettel /opt/laufzettel
ENV PATH=/opt/laufzettel/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /srv/laufzettel
COPY forms forms
COPY signing signing
COPY workflows workflows
COPY backend backend
COPY catalogue catalogue
# The file system is read-only when it runs, so the byte code is made now.
RUN python -m compileall -q backend forms signing workflows
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "1", "--blocking-threads", "4", "--backlog", "1024", "--no-log", "backend.wsgi:application"]
