# The server alone, without training. SDK and RUNTIME are .NET 10's published images for building and for ASP.NET Core (chiseled, without root):
#   docker build --build-arg SDK=... --build-arg RUNTIME=... -t micse-serve .
ARG SDK
ARG RUNTIME
FROM ${SDK} AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/MiCse.Serve/MiCse.Serve.csproj --configuration Release --output /app -p:CompileAhead=false -p:PublishReadyToRun=true --use-current-runtime --self-contained false

FROM ${RUNTIME}
WORKDIR /app
COPY --from=build /app .
USER app
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=10s --start-period=10s CMD ["dotnet", "/app/MiCse.Serve.dll", "--check-health"]
ENTRYPOINT ["dotnet", "/app/MiCse.Serve.dll"]
CMD ["--host", "0.0.0.0", "--port", "8080"]
