# The server alone, without training. SDK and RUNTIME are .NET 10's published images for building and for ASP.NET Core:
#   docker build --file containers/micse-serve.Dockerfile --build-arg SDK=... --build-arg RUNTIME=... --tag micse-serve .
# It runs without root on a read-only file system: docker run --rm --read-only --tmpfs /tmp -p 8080:8080 micse-serve
ARG SDK
ARG RUNTIME
FROM ${SDK} AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/MiCse.Serve/MiCse.Serve.csproj --configuration Release --output /app --nologo -p:CompileAhead=false -p:PublishReadyToRun=true -p:DebugType=none -p:RunAnalyzers=false --use-current-runtime --self-contained false

FROM ${RUNTIME}
WORKDIR /app
COPY --from=build /app .
# The number of the user app in .NET's images.
USER 1654
EXPOSE 8080
ENV DOTNET_EnableDiagnostics=0
HEALTHCHECK --interval=10s --timeout=10s --start-period=10s CMD ["dotnet", "/app/MiCse.Serve.dll", "--check-health"]
# What is given to `docker run` after the image's name is added to this, so that the server is reached from outside whatever its other options are.
ENTRYPOINT ["dotnet", "/app/MiCse.Serve.dll", "--host", "0.0.0.0", "--port", "8080"]
