# micse with training, and Open MPI for trainings on several machines. containers/build.sh publishes the program and builds this.
#   on processors   BASE is any Debian or Ubuntu; libtorch is beside the program
#   on GPUs         BASE is an image with Python's torch 2.10 for CUDA 12.8, and LIBTORCH its torch/lib; the host gives the driver (NVIDIA's container toolkit)
ARG BASE=debian:13-slim
FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libstdc++6 libgomp1 openmpi-bin openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && (id -u 1000 >/dev/null 2>&1 || useradd --uid 1000 --create-home micse)
COPY program /opt/micse
RUN ln -s /opt/micse/micse /usr/local/bin/micse
# mpirun starts processes that spin while they wait, unless they yield; libtorch's own threads spin briefly.
ENV OMPI_MCA_mpi_yield_when_idle=1 NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility CUBLAS_WORKSPACE_CONFIG=:4096:8
ARG LIBTORCH=
ENV MICSE_LIBTORCH=${LIBTORCH}
USER 1000
WORKDIR /data
ENTRYPOINT ["/opt/micse/micse"]
CMD ["--help"]
