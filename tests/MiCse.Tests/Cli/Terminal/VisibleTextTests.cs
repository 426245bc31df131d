using MiCse.Cli.Terminal;

namespace MiCse.Tests.Cli.Terminal;

public class VisibleTextTests
{
    [Theory]
    [InlineData("red \u001b[31m", "red \\u001b[31m")]
    [InlineData("over\rwritten", "over\\rwritten")]
    [InlineData("two\nlines\tand a tab", "two\\nlines\\tand a tab")]
    [InlineData("bell \a, backspace \b, delete \u007f", "bell \\u0007, backspace \\u0008, delete \\u007f")]
    [InlineData("C1 \u009b31m", "C1 \\u009b31m")]
    [InlineData("\u202eevil\u202c", "\\u202eevil\\u202c")]
    [InlineData("\u2066a\u2067b\u2068c\u2069", "\\u2066a\\u2067b\\u2068c\\u2069")]
    [InlineData("\u200e\u200f\u061c", "\\u200e\\u200f\\u061c")]
    [InlineData("\u2028\u2029", "\\u2028\\u2029")]
    public void What_a_terminal_would_obey_is_shown(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Half_a_surrogate_pair_is_shown() => Assert.Equal("\\ud83da\\ude00", VisibleText.Of("\ud83da\ude00"));

    [Theory]
    [InlineData("")]
    [InlineData("Grüße, 世界, \\u001b")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467 and נתן and می‌خواهم")]
    public void Everything_else_stays(string text) => Assert.Equal(text, VisibleText.Of(text));

    [Fact]
    public void The_lines_of_a_stream_stay_lines_and_mean_the_same_as_JSON()
    {
        using var screen = new MemoryStream();
        using (var output = new VisibleOutput(screen))
        {
            // Cut in the middle of a character.
            byte[] bytes = [.. "{\"text\":\"\u202eü\"}\n{\"text\":\"b\"}\nrest"u8];
            foreach (var part in bytes.Chunk(11))
            {
                output.Write(part);
            }
        }

        Assert.Equal("{\"text\":\"\\u202eü\"}\n{\"text\":\"b\"}\nrest", System.Text.Encoding.UTF8.GetString(screen.ToArray()));
    }
}
