using MiCse.Server.Tests;

[assembly: AssemblyFixture(typeof(SharedServer))]
