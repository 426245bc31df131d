using System.Reflection;

namespace MiCse.Server.Configuration;

/// <summary>The version of the server.</summary>
internal static class ProgramVersion
{
    public static string Value { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
