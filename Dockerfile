# The server alone, without training: docker build -t micse-serve .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/MiCse.Serve/MiCse.Serve.csproj --configuration Release --output /app -p:CompileAhead=false -p:PublishReadyToRun=true --use-current-runtime --self-contained false

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
USER app
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=10s --start-period=10s CMD ["dotnet", "/app/MiCse.Serve.dll", "--check-health"]
ENTRYPOINT ["dotnet", "/app/MiCse.Serve.dll"]
CMD ["--host", "0.0.0.0", "--port", "8080"]
