using System.CommandLine;
using MiCse.TokenizerParity;

var folder = new Argument<string>("tokenizer") { Description = "A folder with tokenizer files, or a tokenizer.json." };
var count = new Option<int>("--strings") { Description = "How many random strings.", DefaultValueFactory = _ => 1_000_000 };
var seed = new Option<int>("--seed") { Description = "Seed of the strings.", DefaultValueFactory = _ => 1 };
var shown = new Option<int>("--show") { Description = "How many of the strings that differ are printed.", DefaultValueFactory = _ => 20 };
var speed = new Option<string?>("--speed") { Description = "Measure tokens a second on one core instead, on the texts of this file, one a line." };
var root = new RootCommand("Compares this project's ids with those of Hugging Face's tokenizers (the Rust library, through Tokenizers.DotNet) on random strings.")
{
    folder, count, seed, shown, speed,
};
root.SetAction(parsed => parsed.GetValue(speed) is { } texts
    ? Speed.Print(parsed.GetRequiredValue(folder), texts)
    : Parity.Print(parsed.GetRequiredValue(folder), parsed.GetValue(count), parsed.GetValue(seed), parsed.GetValue(shown)));
return root.Parse(args).Invoke();
