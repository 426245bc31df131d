// An agent of Microsoft's Agent Framework that remembers what was said in earlier conversations: its memory is a vector store of this machine.
//   dotnet run --project examples/AgentMemory
using AgentMemory;
using Microsoft.Agents.AI;
using MiCse;
using MiCse.VectorData;

var folder = Directory.CreateTempSubdirectory("memory-");
using (var encoder = await SentenceEncoder.LoadAsync(ModelSource.BuiltIn))
using (var store = new MiCseVectorStore(folder.FullName, encoder))
{
    var user = new ChatHistoryMemoryProviderScope { UserId = "ann" };
    AIAgent Agent() => new ChatClientAgent(new RecallingChatClient(), new ChatClientAgentOptions
    {
        Name = "Assistant",
        AIContextProviders =
        [
            new ChatHistoryMemoryProvider(store, "memory", encoder.Dimensions, _ => new(user, user), new()
            {
                MaxResults = 3,
                ContextPrompt = RecallingChatClient.Heading,
                StorageInputResponseMessageFilter = _ => [], // what the user said is worth keeping, and not what was answered
            }),
        ],
    });

    // One conversation each, of which an agent knows nothing but what its memory finds.
    var first = Agent();
    foreach (var told in new[] { "My sister lives in Oslo.", "I am allergic to peanuts.", "The meeting with the bank is on Tuesday." })
    {
        await first.RunAsync(told, await first.CreateSessionAsync());
    }

    var second = Agent();
    foreach (var question in args.Length > 0 ? args : ["Which food must I not eat?", "Where does my family live?"])
    {
        var answer = await second.RunAsync(question, await second.CreateSessionAsync());
        Console.WriteLine($"{question}\n  {answer.Text}");
    }
}

folder.Delete(recursive: true);
