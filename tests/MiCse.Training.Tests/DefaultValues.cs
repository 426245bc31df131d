using System.Reflection;

namespace MiCse.Training.Tests;

/// <summary>Compares all public properties of a new options record with a table, so that no default changes or comes unseen.</summary>
internal static class DefaultValues
{
    public static void AssertAre<TOptions>(TOptions options, params (string Name, object? Value)[] expected)
        where TOptions : class
    {
        var properties = typeof(TOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(property => property.Name);
        Assert.Equal(properties.Keys.Order(), expected.Select(entry => entry.Name).Order());
        Assert.All(expected, entry => Assert.Equal(entry.Value, properties[entry.Name].GetValue(options)));
    }
}
