using MiCse.ModelFolders;

namespace MiCse.Tests.ModelFolders;

public class TextPreparationTests
{
    /// <summary>Expected is what Python's str.lower gives.</summary>
    [Theory]
    [InlineData("The CAT", "the cat")]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ΟΔΟΣ ΣΑΣ Σ", "οδος σας σ")]
    [InlineData("ΑΣ'Α ΑΣ' ΑΣ\u0301", "ασ'α ας' ας\u0301")]
    [InlineData("Α.Σ", "α.ς")]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("\U00010400", "\U00010428")]
    [InlineData("ẞ", "ß")]
    public void Lower_case_is_Unicodes(string text, string expected) => Assert.Equal(expected, TextPreparation.ToLower(text));

    [Fact]
    public void The_prompt_comes_first_and_white_space_at_the_ends_goes()
    {
        Assert.Equal("query: A cat", new TextPreparation("query: ", Strip: true, LowerCase: false).Apply("A cat \t"));
        Assert.Equal("query:", new TextPreparation("query: ", Strip: true, LowerCase: false).Apply(""));
        Assert.Equal("query: a cat ", new TextPreparation("query: ", Strip: false, LowerCase: true).Apply("A cat "));
    }
}
