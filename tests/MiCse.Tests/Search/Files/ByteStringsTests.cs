using CsCheck;
using MiCse.Search.Files;

namespace MiCse.Tests.Search.Files;

public class ByteStringsTests
{
    [Fact]
    public void Every_string_is_as_it_was_added() => Gen.OneOf(Gen.Int[0, 40], Gen.Int[65_000, 66_000]).Array[0, 30].Sample(lengths =>
    {
        byte[][] expected = [.. lengths.Select((length, index) => Enumerable.Repeat((byte)index, length).ToArray())];
        var strings = new ByteStrings();
        foreach (var bytes in expected)
        {
            strings.Add(bytes);
        }

        Assert.Equal(expected.Length, strings.Count);
        for (var index = 0; index < expected.Length; index++)
        {
            Assert.Equal(expected[index], strings[index].ToArray());
        }
    }, iter: 50);
}
