// Support tickets that say the same: all pairs above a score, then groups around a ticket in their middle.
//   dotnet run --project examples/TicketDeduplication
using MiCse;
using MiCse.Clustering;
using MiCse.Data;
using MiCse.Search;

// Higher finds only what is nearly word for word the same, lower joins what is merely about the same thing.
const double LeastScore = 0.6;

using var encoder = SentenceEncoder.Load("micse-small-en");
var rows = TextFile.ReadRows(Path.Combine(AppContext.BaseDirectory, "tickets.csv")).ToList();
string Ticket(int row) => $"#{rows[row].Values[0]} {rows[row].Values[1]}";
var embeddings = encoder.Encode([.. rows.Select(row => row.Values[1])]).Embeddings;

Console.WriteLine("Pairs that say the same");
foreach (var pair in ParaphraseMining.Find(embeddings, new ParaphraseOptions { MinScore = LeastScore }))
{
    Console.WriteLine($"  {pair.Score:0.00}  {Ticket(pair.First)}\n        {Ticket(pair.Second)}");
}

var groups = CommunityDetection.Detect(embeddings, new CommunityOptions { MinScore = LeastScore, MinSize = 2 });
var labels = ClusterLabel.Describe([.. rows.Select(row => row.Values[1])], groups);
Console.WriteLine("\nGroups; the first ticket stays open, the others can be closed as duplicates of it");
foreach (var (members, label) in groups.Members.Zip(labels))
{
    Console.WriteLine($"  {Ticket(label.Center)}");
    foreach (var duplicate in members.Where(member => member != label.Center))
    {
        Console.WriteLine($"    = {Ticket(duplicate)}");
    }
}

Console.WriteLine($"\n{rows.Count} tickets, {rows.Count - groups.Members.Sum(members => members.Count - 1)} without duplicates");
