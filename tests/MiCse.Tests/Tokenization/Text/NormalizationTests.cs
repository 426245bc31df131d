using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization.Text;

public class NormalizationTests
{
    // tests/Reference/normal_forms.py prints it: the four forms of every code point by Python's unicodedata.
    private const string HashOfAll = "bfe77a5edbe4bae765603cc3dd8830440656d4eb81de1ae32984f64053008b74";

    private static readonly NormalForm[] Forms = [NormalForm.Nfc, NormalForm.Nfd, NormalForm.Nfkc, NormalForm.Nfkd];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Int[0, 0x10FFFF].Where(code => code is < 0xD800 or > 0xDFFF),
        Gen.Int[0xC0, 0x345], Gen.Int[0x1100, 0x1200], Gen.Int[0xAC00, 0xAC40], Gen.Int[0x1E00, 0x1FFF], Gen.Int['a', 'z'])
        .Select(char.ConvertFromUtf32).Array[0, 12].Select(string.Concat);

    [Fact]
    public void Texts_are_normalized_as_by_unicodedata()
    {
        var rows = File.ReadLines(Fixture.Path("tokenizer", "normal_forms.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(400, rows.Count);
        foreach (var row in rows)
        {
            Assert.All(Forms, form => Assert.Equal(
                row.GetProperty(form.ToString().ToUpperInvariant()).GetString(), Normalize(row.GetProperty("text").GetString()!, form)));
        }
    }

    [Fact]
    public void Every_code_point_is_normalized_as_by_unicodedata()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var code = 0; code < 0x110000; code++)
        {
            if (code is < 0xD800 or > 0xDFFF)
            {
                var text = char.ConvertFromUtf32(code);
                hash.AppendData(Encoding.UTF8.GetBytes($"{text}\t{string.Join('\t', Forms.Select(form => Normalize(text, form)))}\n"));
            }
        }

        Assert.Equal(HashOfAll, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Normal_forms_stay_and_follow_from_each_other() => Texts.Sample(text =>
    {
        var (nfc, nfd, nfkc, nfkd) = (Normalize(text, NormalForm.Nfc), Normalize(text, NormalForm.Nfd), Normalize(text, NormalForm.Nfkc), Normalize(text, NormalForm.Nfkd));
        Assert.All(Forms.Zip([nfc, nfd, nfkc, nfkd]), pair => Assert.Equal(pair.Second, Normalize(pair.Second, pair.First)));
        Assert.Equal(nfc, Normalize(nfd, NormalForm.Nfc));
        Assert.Equal(nfd, Normalize(nfc, NormalForm.Nfd));
        Assert.Equal(nfkc, Normalize(nfkd, NormalForm.Nfkc));
        Assert.Equal(nfkd, Normalize(nfc, NormalForm.Nfkd));
    }, iter: 5000);

    [Theory]
    [InlineData("e\u0323\u0301", "\u1EB9\u0301")] // composes across marks of other classes only
    [InlineData("e\u0301\u0323", "\u1EB9\u0301")]
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    [InlineData("\u1100\u1161\u11A8", "각")]
    [InlineData("\u1100\u1161\u11A7", "가\u11A7")] // no trailing consonant
    [InlineData("plain text", "plain text")]
    public void Compositions(string text, string expected) => Assert.Equal(expected, Normalize(text, NormalForm.Nfc));

    [Fact]
    public void A_lone_surrogate_is_a_replacement_character() => Assert.Equal("a\uFFFD\u0301", Normalize("a\uD800\u0301", NormalForm.Nfc));

    [Fact]
    public void Long_runs_of_marks_take_linear_time()
    {
        var text = "e" + string.Concat(Enumerable.Repeat("\u0301\u0323", 100_000));
        Assert.Equal(Normalize(text, NormalForm.Nfd), Normalize(Normalize(text, NormalForm.Nfc), NormalForm.Nfd));
    }

    private static string Normalize(string text, NormalForm form)
    {
        var result = new PooledBuffer<char>(text.Length);
        try
        {
            Normalization.Append(text, form, ref result);
            return new string(result.Items);
        }
        finally
        {
            result.Dispose();
        }
    }
}
