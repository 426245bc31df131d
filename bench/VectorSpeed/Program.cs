using System.CommandLine;
using MiCse.VectorSpeed;

// Contestants take turns in every round, so that a noisy moment hits all alike.
var folder = new Option<string>("--folder")
{
    Description = "Where vectors, the index and maps are kept between runs.",
    DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "vector-speed"),
    Recursive = true,
};
var python = new Option<string>("--python")
{
    Description = "The Python that has faiss and umap (Debian: python3-faiss, libopenblas0-pthread, umap-learn); without them their rows are missing.",
    DefaultValueFactory = _ => "python3",
    Recursive = true,
};
var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Recursive = true };
var output = new Option<string?>("--output", "-o") { Description = "The Markdown file in which to replace the section, besides printing it.", Recursive = true };
var prepare = new Option<bool>("--prepare") { Description = "Only write to the folder what is read later.", Recursive = true };
var model = new Option<string>("--model") { DefaultValueFactory = _ => "models/micse-mini-en" };
var wikipedia = new Option<string>("--sentences") { Description = "100,000 sentences or more, one a line.", DefaultValueFactory = _ => "../shared/data/wikipedia/en-sentences.txt.gz" };
var news = new Option<string>("--news") { Description = "AG News as CSV.", DefaultValueFactory = _ => "../shared/data/ag_news/test.csv" };
var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 1_000_000 };

var search = new Command("search", "Exact search among random unit vectors of 256 dimensions, beside faiss.") { rows };
search.SetAction(parsed => Run(parsed, speed => new SearchSpeed(speed, parsed.GetValue(rows))));
var groups = new Command("groups", "Pairs, k-means and communities among sentences of Wikipedia.") { model, wikipedia };
groups.SetAction(parsed => Run(parsed, speed => new GroupSpeed(speed, parsed.GetRequiredValue(model), parsed.GetRequiredValue(wikipedia))));
var map = new Command("map", "The map of AG News, beside umap-learn.") { model, news };
map.SetAction(parsed => Run(parsed, speed => new MapSpeed(speed, parsed.GetRequiredValue(model), parsed.GetRequiredValue(news))));
var to = new Option<string>("--to") { Description = "A database with pgvector; the table micse_bench in it is replaced.", Required = true };
var withoutHnsw = new Option<bool>("--without-hnsw") { Description = "Leave out what takes longest." };
var sentenceRows = new Option<int>("--rows") { DefaultValueFactory = _ => 200_000 };
var encode = new Option<string?>("--encode") { Description = "The model for the sentences' own vectors (default: vectors around topics, which take a minute)." };
var postgres = new Command("postgres", "An index of sentences in Postgres: pushed, killed, pushed again, searched exactly and with HNSW.") { to, sentenceRows, withoutHnsw, encode, wikipedia };
postgres.SetAction(parsed => Run(parsed, speed => new PostgresSpeed(
    speed, parsed.GetRequiredValue(to), parsed.GetValue(encode), parsed.GetRequiredValue(wikipedia), parsed.GetValue(sentenceRows), !parsed.GetValue(withoutHnsw))));
var index = new Option<string>("--index") { Required = true };
var push = new Command(PostgresSpeed.PushCommand, "What is killed.") { to, index };
push.SetAction(parsed => PostgresSpeed.Push(parsed.GetRequiredValue(index), parsed.GetRequiredValue(to)));
var sizes = new Option<int[]>("--rows") { DefaultValueFactory = _ => [1_000_000, 3_000_000, 10_000_000], AllowMultipleArgumentsPerToken = true };
var mostDivided = new Option<int>("--most-divided") { Description = "Larger indexes are searched exactly alone: dividing them takes long.", DefaultValueFactory = _ => int.MaxValue };
var plot = new Option<string?>("--plot") { Description = "The SVG file of the plot." };
var scale = new Command("scale", "Searches of larger and larger indexes in int8, exact and by cells.") { sizes, mostDivided, plot };
scale.SetAction(parsed => Run(parsed, speed => new ScaleSpeed(speed, parsed.GetRequiredValue(sizes), parsed.GetValue(mostDivided), parsed.GetValue(plot))));
return new RootCommand("Measures what is done with vectors.") { search, groups, map, postgres, push, scale, folder, python, rounds, output, prepare }.Parse(args).Invoke();

int Run(ParseResult parsed, Func<Setting, SpeedSection> create)
{
    var section = create(new Setting(
        Directory.CreateDirectory(parsed.GetRequiredValue(folder)).FullName, parsed.GetRequiredValue(python), parsed.GetValue(rounds)));
    section.Prepare();
    if (!parsed.GetValue(prepare))
    {
        var report = new Report(section.Document, section.Title, section.Arguments ?? $"{parsed.CommandResult.Command.Name} --rounds {parsed.GetValue(rounds)}", section.Measure());
        Console.Write(report.Text);
        if (parsed.GetValue(output) is { } file)
        {
            report.WriteTo(file);
        }
    }

    return 0;
}
