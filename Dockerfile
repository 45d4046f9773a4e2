# shuping in a small image: built in one stage, run by an ordinary user in another.
# The only place that is written to is the volume /data, so the root file system may be read-only.
# The digest is that of all platforms of the tag, as github.com/docker-library/repo-info records it.
FROM python:3.13.15-slim-bookworm@sha256:ed86c82274b3c69b52fb5820f358f0bd7df0b603332063cb5c6e32bd220c3e6e AS base

# What builds stays in this stage; only /opt/shuping leaves it, an environment that was made without pip.
FROM base AS build
WORKDIR /source
COPY requirements/run.lock requirements/build.lock requirements/
RUN python -m venv --without-pip /opt/shuping \
    && pip --python /opt/shuping install --no-cache-dir --require-hashes --only-binary :all: -r requirements/run.lock \
    && pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/build.lock
COPY . .
RUN pip wheel --no-cache-dir --no-index --no-build-isolation --no-deps --wheel-dir /wheel . \
    && pip --python /opt/shuping install --no-cache-dir --no-index --no-deps /wheel/shuping-*.whl

FROM base
LABEL org.opencontainers.image.title="shuping" \
      org.opencontainers.image.description="A guided self-assessment of the digital level of small manufacturers, on Telegram and as a page" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN pip uninstall --yes --root-user-action=ignore pip \
    && rm -r /usr/local/lib/python3.13/ensurepip \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin shuping \
    && install -d -o shuping -g shuping -m 0700 /data
COPY LICENSE NOTICE /usr/share/doc/shuping/
COPY --from=build /opt/shuping /opt/shuping
ENV PATH=/opt/shuping/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SHUPING_DATABASE_URL=sqlite:////data/shuping.sqlite3
USER 10001
VOLUME /data
# What is written under /data belongs to nobody else.
ENTRYPOINT ["sh", "-c", "umask 0077 && exec shuping \"$@\"", "shuping"]
HEALTHCHECK --interval=1m --timeout=20s --start-period=1m --retries=3 CMD ["shuping", "doctor", "--health"]
CMD ["serve"]
