using MiCse.Cli.Help;

namespace MiCse.Tests.Cli.Help;

public class SuggestionTests
{
    private static readonly string[] s_words = ["similarity", "encode", "export", "explain", "search", "info", "index", "init", "map"];

    [Theory]
    [InlineData("similarty", "similarity")]
    [InlineData("simliarity", "similarity")]
    [InlineData("Encode", "encode")]
    [InlineData("encdoe", "encode")]
    [InlineData("exprot", "export")]
    [InlineData("serach", "search")]
    [InlineData("infos", "info")]
    [InlineData("mpa", "map")]
    [InlineData("sim", "similarity")]
    [InlineData("expl", "explain")]
    public void The_nearest_word_is_found(string typed, string expected) => Assert.Equal(expected, Suggestion.Nearest(typed, s_words));

    [Theory]
    [InlineData("nosuch")]
    [InlineData("ex")]
    [InlineData("")]
    [InlineData("transformers")]
    public void Nothing_is_made_up(string typed) => Assert.Null(Suggestion.Nearest(typed, s_words));
}
