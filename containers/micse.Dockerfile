# micse without libtorch: encode, index, search, cluster, map, evaluate. containers/build.sh publishes the program, which needs no .NET in the image, and builds this.
# BASE is any Debian or Ubuntu. The server has an image of its own.
ARG BASE=debian:13-slim
FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libstdc++6 libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home micse
COPY program /opt/micse
RUN ln -s /opt/micse/micse /usr/local/bin/micse
USER 1000
WORKDIR /data
ENTRYPOINT ["/opt/micse/micse"]
CMD ["--help"]
