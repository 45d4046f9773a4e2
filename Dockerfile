# shuping in a small image: built in one stage, run by an ordinary user in another.
# The only place that is written to is the volume /data, so the root file system may be read-only.
FROM python:3.13.9-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /opt/shuping
COPY requirements/run.lock requirements/
RUN /opt/shuping/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY . .
RUN /opt/shuping/bin/pip install --no-cache-dir --no-build-isolation --no-deps .

FROM python:3.13.9-slim-bookworm
RUN useradd --create-home --uid 10001 shuping && install -d -o shuping /data
COPY --from=build /opt/shuping /opt/shuping
ENV PATH=/opt/shuping/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SHUPING_DATABASE_URL=sqlite:////data/shuping.sqlite3
USER shuping
VOLUME /data
ENTRYPOINT ["shuping"]
HEALTHCHECK --interval=1m --timeout=20s CMD ["shuping", "doctor"]
CMD ["telegram"]
