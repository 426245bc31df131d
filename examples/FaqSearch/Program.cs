// Semantic search over the questions of a FAQ: what people ask in their own words finds the entry that answers it.
//   dotnet run --project examples/FaqSearch
//   dotnet run --project examples/FaqSearch -- "Do students pay less?"
using MiCse;
using MiCse.Data;
using MiCse.Search;

// Below this cosine no entry is near. A small model needs it low, and then a question about something else can still pass.
const double LeastScore = 0.3;

string[] asked = args.Length > 0 ? args :
[
    "I cannot remember my password",
    "The money was taken from my card two times",
    "How many days until the delivery?",
    "When will I be refunded?",
    "Is it cheaper for students?",
    "Where is your store?",
    "Unsubscribe from the newsletter",
    "The package was not delivered",
];

using var encoder = SentenceEncoder.Load("micse-small-en");
var entries = TextFile.ReadRows(Path.Combine(AppContext.BaseDirectory, "faq.tsv")).Select(row => (Question: row.Values[0], Answer: row.Values[1])).ToList();

// An application keeps the index and only opens it; building this one takes less than a second.
var folder = Directory.CreateTempSubdirectory("faq-");
try
{
    var embeddings = encoder.Encode([.. entries.Select(entry => entry.Question)]).Embeddings;
    using (var writer = VectorIndexWriter.Create(folder.FullName, VectorSource.Of(encoder)))
    {
        for (var entry = 0; entry < entries.Count; entry++)
        {
            writer.Put($"{entry}", entries[entry].Question, embeddings[entry]);
        }

        writer.Commit();
    }

    using var index = VectorIndex.Open(folder.FullName);
    var hits = index.Search(encoder.Encode(asked).Embeddings, k: 1);
    foreach (var (question, best) in asked.Zip(hits, (question, found) => (question, found[0])))
    {
        Console.WriteLine(question);
        Console.WriteLine(best.Score < LeastScore
            ? $"  {best.Score:0.00}  no entry is near; a person should answer\n"
            : $"  {best.Score:0.00}  {best.Text}\n        {entries[int.Parse(best.Id)].Answer}\n");
    }
}
finally
{
    folder.Delete(recursive: true);
}
