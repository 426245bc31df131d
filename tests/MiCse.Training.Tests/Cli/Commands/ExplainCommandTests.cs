using System.Text.Json;
using System.Text.RegularExpressions;
using MiCse.Explanation;
using MiCse.Tests;

namespace MiCse.Training.Tests.Cli.Commands;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-").FullName;
    private readonly string _model;

    public ExplainCommandTests() => _model = TinyModel.Write(Path.Combine(_folder, "model"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Json_has_words_tokens_and_heads_of_both_texts()
    {
        var run = Explain("the dog plays.", "a man sings!", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        var json = run.Json;
        Assert.Equal(
            ["model", "pooling", "score", "first", "second", "tokens", "heads", "attention", "notes"], json.EnumerateObject().Select(property => property.Name));
        using var encoder = SentenceEncoder.Load(_model);
        var pair = PairExplanation.Of(encoder, "the dog plays.", "a man sings!", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(pair.Score, json.GetProperty("score").GetDouble(), 9);
        Assert.Equal(["the", "dog", "plays", "."], Items(json.GetProperty("first").GetProperty("tokens")).Select(token => token.GetString()));
        Assert.Equal(
            pair.Second.Words.Select(word => Math.Round(word.Importance, 9)),
            Items(json.GetProperty("second").GetProperty("words")).Select(word => Math.Round(word.GetProperty("importance").GetDouble(), 9)));
        Assert.Equal(
            pair.TokenSimilarities.Values.Select(value => Math.Round(value, 9)),
            Items(json.GetProperty("tokens")).SelectMany(token => Items(token.GetProperty("similarities"))).Select(value => Math.Round(value.GetDouble(), 9)));
        var heads = Items(json.GetProperty("heads"));
        Assert.Equal(encoder.Folder.Config.Layers * encoder.Folder.Config.Heads, heads.Count);
        Assert.All(heads, head => Assert.All(["first", "second", "between"], kind => Assert.InRange(head.GetProperty(kind).GetDouble(), 0, 13.9)));
        Assert.True(json.GetProperty("attention").GetProperty("first").GetProperty("mutualInformation").GetDouble() > 0);
        Assert.Empty(Items(json.GetProperty("notes")));
    }

    [Fact]
    public void The_seed_chooses_the_views()
    {
        string[] texts = ["the dog plays", "it is raining"];

        Assert.Equal(Explain([.. texts, "--json"]).Output, CommandRun.Of(["explain", .. texts, "--json", "--seed", "42", "--threads", "2", "--model", _model]).Output);
        Assert.NotEqual(Explain([.. texts, "--json"]).Output, Explain([.. texts, "--json", "--seed", "1"]).Output);
    }

    [Fact]
    public void People_get_every_part_without_colours_in_a_file()
    {
        var run = Explain("the dog plays", "snow falls in winter");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain('\e', run.Output);
        var lines = run.Output.Split('\n');
        Assert.Matches(@"^similarity  -?[01]\.\d{4}$", lines[0]);
        Assert.Matches(@"(?m)^A +the +[+-]\d\.\d{4}", run.Output);
        Assert.Matches(@"(?m)^B +snow +[+-]\d\.\d{4}", run.Output);
        Assert.Matches(@"(?m)^ +snow +falls +in +winter$", run.Output);
        Assert.Matches(@"(?m)^plays( +-?\d\.\d\d){4}$", run.Output);
        Assert.Equal(2, Regex.Count(run.Output, "AMI of layers"));
        Assert.Contains("The texts have 3 and 4 tokens", run.Output, StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void Long_texts_get_the_nearest_tokens_instead_of_a_table_that_does_not_fit()
    {
        var text = string.Join(' ', Enumerable.Repeat("the dog plays in winter", 8));

        var run = Explain(text, text, "--max-tokens", "40");

        Assert.Matches(@"(?m)^winter  \S+ 1\.00  \S+ \d\.\d\d  \S+ \d\.\d\d$", run.Output);
        Assert.Equal("micse: 2 of 2 texts were longer than 40 tokens and cut.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void A_page_holds_the_document_and_fetches_nothing()
    {
        var file = Path.Combine(_folder, "why.html");

        var run = Explain("</script><b>{{script}} & ü", "the dog", "-o", file, "--json");

        Assert.Equal(0, run.ExitCode);
        var page = File.ReadAllText(file);
        Assert.Contains("<title>&lt;/script&gt;&lt;b&gt;{{script}} &amp; &#252; &#183; the dog</title>", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("""(src|href)\s*=\s*"(?!data:,)|url\(|https?:|@import""", page);
        var data = Regex.Match(page, """<script id="data" type="application/json">(.*?)</script>""", RegexOptions.Singleline).Groups[1].Value;
        Assert.True(JsonElement.DeepEquals(run.Json, JsonDocument.Parse(data).RootElement));
    }

    [Fact]
    public void An_empty_text_has_no_numbers_but_those_it_can_have()
    {
        var run = Explain("", "hello", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(Items(run.Json.GetProperty("tokens")));
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("heads")[0].GetProperty("first").ValueKind);
        Assert.Equal(JsonValueKind.Number, run.Json.GetProperty("heads")[0].GetProperty("second").ValueKind);
        Assert.Contains("empty", Assert.Single(Items(run.Json.GetProperty("notes"))).GetString(), StringComparison.Ordinal);
        Assert.Equal(0, Explain("", "").ExitCode);
    }

    [Fact]
    public void A_model_without_layers_says_so()
    {
        var bag = Path.Combine(_folder, "bag");
        Assert.Equal(0, CommandRun.Of("init", "--tokenizer", _model, "--layers", "0", "--hidden", "16", "--heads", "2", "-o", bag).ExitCode);

        var run = CommandRun.Of("explain", "the dog", "the dog plays", "--model", bag);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("This model has no layers", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Attention", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^dog +-?\d\.\d\d +1\.00 ", run.Output);
    }

    [Fact]
    public void A_model_without_dropout_says_that_its_views_are_the_same()
    {
        var config = Path.Combine(_model, "config.json");
        File.WriteAllText(config, Regex.Replace(File.ReadAllText(config), "(dropout_prob\": )[0-9.]+", "${1}0.0"));

        var run = Explain("the dog plays", "it is raining", "--json");

        Assert.Contains("dropout to 0", Assert.Single(Items(run.Json.GetProperty("notes"))).GetString(), StringComparison.Ordinal);
        Assert.All(Items(run.Json.GetProperty("heads")), head => Assert.InRange(head.GetProperty("first").GetDouble(), 8, 13.9));
    }

    [Fact]
    public void Another_ending_is_refused_before_the_work()
    {
        var run = Explain("the dog", "it", "-o", Path.Combine(_folder, "why.pdf"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("expected .html", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private CommandRun Explain(params string[] arguments) => CommandRun.Of(["explain", .. arguments, "--model", _model, "--threads", "1"]);

    private static List<JsonElement> Items(JsonElement array) => [.. array.EnumerateArray()];
}
