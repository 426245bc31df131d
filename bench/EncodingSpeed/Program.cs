using System.CommandLine;
using MiCse.Data;
using MiCse.EncodingSpeed;
using MiCse.EncodingSpeed.Contestants;

var data = new Option<string>("--data") { Description = "Sentences, one a line.", DefaultValueFactory = _ => "../shared/data/wikipedia/en-sentences.txt.gz" };
var tokenizer = new Option<string>("--tokenizer") { Description = "The folder of a tokenizer.", DefaultValueFactory = _ => "../shared/data/bert-base-uncased" };
var sentences = new Option<int>("--sentences") { Description = "Sentences that are sorted and dealt into parts.", DefaultValueFactory = _ => 2000 };
var parts = new Option<int?>("--parts") { Description = "Parts of them, each with batches as all together make (default: as many as rounds)." };
var rounds = new Option<int>("--rounds") { Description = "Parts that are encoded; contestants take turns after each.", DefaultValueFactory = _ => 4 };
var threads = new Option<int>("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount };
var fileSentences = new Option<int>("--file-sentences") { Description = "Sentences of the file whose encoding is watched for memory.", DefaultValueFactory = _ => 40_000 };
var node = new Option<string?>("--node") { Description = "A folder in which @huggingface/transformers is installed; without it transformers.js is left out." };
var output = new Option<string?>("--output", "-o") { Description = "The Markdown file to write besides printing it." };
var contestant = new Option<string?>("--contestant") { Description = "Be this contestant.", Hidden = true };
var model = new Option<string?>("--model") { Description = "The folder of a model to measure instead of BERT-base's size and the default model." };
var packages = new Option<string?>("--packages") { Description = "The program of bench/MiniLmPackages (its .dll): two packages that know all-MiniLM-L6-v2 take part; without it they are left out." };
var texts = new Option<string?>("--texts") { Description = "The contestant's texts.", Hidden = true };
var root = new RootCommand("Measures encoding, this project and what one could take instead, side by side. Run it from the repository's folder.")
{
    data, tokenizer, sentences, parts, rounds, threads, fileSentences, node, output, contestant, model, packages, texts,
};
root.SetAction(parsed =>
{
    if (parsed.GetValue(contestant) is { } name)
    {
        using var one = Names.Create(name, parsed.GetRequiredValue(model)!, parsed.GetValue(threads));
        ContestantHost.Run(one, [.. TextFile.ReadTexts(parsed.GetRequiredValue(texts)!)]);
        return 0;
    }

    var setting = new Setting(
        parsed.GetRequiredValue(data),
        parsed.GetRequiredValue(tokenizer),
        parsed.GetValue(sentences),
        parsed.GetValue(parts) ?? parsed.GetValue(rounds),
        parsed.GetValue(rounds),
        parsed.GetValue(threads),
        parsed.GetValue(fileSentences),
        parsed.GetValue(node),
        parsed.GetValue(model),
        parsed.GetValue(packages));
    // Where somebody keeps packages says nothing.
    var command = args.Select((argument, index) => index > 0 && args[index - 1] is "--node" or "--model" or "--packages" ? "FOLDER" : argument);
    var report = Comparison.Run(setting, string.Join(' ', command));
    Console.Write(report);
    if (parsed.GetValue(output) is { } file)
    {
        File.WriteAllText(file, report);
    }

    return 0;
});
return root.Parse(args).Invoke();
