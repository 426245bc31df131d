using System.Reflection;

namespace MiCse.Training.Loop;

/// <summary>Which version of this library trains.</summary>
internal static class ProgramVersion
{
    /// <summary>Without the commit it was built from.</summary>
    public static string Current { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
