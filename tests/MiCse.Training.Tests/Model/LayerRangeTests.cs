using MiCse.Training.Model;

namespace MiCse.Training.Tests.Model;

public class LayerRangeTests
{
    [Theory]
    [InlineData(2, "0..2")]
    [InlineData(3, "1..3")]
    [InlineData(4, "2..4")]
    [InlineData(6, "4..6")]
    [InlineData(12, "7..11")]
    [InlineData(24, "14..22")]
    public void Default_is_the_papers_share(int depth, string expected) => Assert.Equal(expected, LayerRange.Default(depth).ToString());

    [Fact]
    public void Default_fits_every_depth()
    {
        for (var depth = 2; depth <= 200; depth++)
        {
            LayerRange.Default(depth).Validate(depth);
        }
    }

    [Fact]
    public void One_layer_has_no_default()
    {
        var error = Assert.Throws<ArgumentException>(() => LayerRange.Default(1));
        Assert.Equal("Attention mutual information needs at least two layers, and this encoder has 1.", error.Message);
    }

    [Fact]
    public void Reads_what_it_writes()
    {
        Assert.Equal(new LayerRange(7, 11), LayerRange.Parse("7..11"));
        Assert.Equal("7..11", LayerRange.Parse("7..11").ToString());
        Assert.Equal(4, LayerRange.Parse("7..11").Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7-11")]
    [InlineData("..11")]
    [InlineData("7..")]
    [InlineData("-1..3")]
    [InlineData("7..11..13")]
    public void Refuses_other_texts(string text)
    {
        var error = Assert.Throws<FormatException>(() => LayerRange.Parse(text));
        Assert.Equal($"Layers are written as first..end, for example 7..11 for layers 7 to 10, not as \"{text}\".", error.Message);
    }

    [Theory]
    [InlineData(10, 11, 12, "The layers 10..11 are 1, but attention mutual information needs an even number of layers: for example 7..11.")]
    [InlineData(0, 1, 1, "The layers 0..1 are 1, but attention mutual information needs an even number of layers, and this encoder has only one.")]
    [InlineData(7, 11, 4, "The layers 7..11 do not exist in an encoder of 4 layers: choose first..end with 0 <= first < end <= 4.")]
    [InlineData(3, 3, 4, "The layers 3..3 do not exist in an encoder of 4 layers: choose first..end with 0 <= first < end <= 4.")]
    public void Says_what_is_wrong(int first, int end, int depth, string expected) =>
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => new LayerRange(first, end).Validate(depth)).Message);
}
