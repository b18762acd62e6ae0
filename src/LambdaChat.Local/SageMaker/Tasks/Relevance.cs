using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Tasks;

/// <summary>Rerank results and scores: the share of the words of the first text that the second contains.</summary>
internal static class Relevance
{
    /// <summary>vLLM's rerank API (Cohere, Jina): at most <c>top_n</c> documents, the best first.</summary>
    public static JsonNode Rerank(ModelReply reply)
    {
        var request = reply.Request;
        var query = request.Texts("query")[0];
        var documents = request.Texts("documents");
        var tokens = Tokens([query, .. documents]);
        var best = documents
            .Select((text, index) => (Text: text, Index: index, Score: Score(query, text)))
            .OrderByDescending(static document => document.Score)
            .Take(request.TopCount is > 0 and { } count ? count : documents.Count);
        return new JsonObject
        {
            ["id"] = $"rerank-{reply.Id}",
            ["model"] = request.Model,
            ["results"] = new JsonArray([.. best.Select(static document => new JsonObject
            {
                ["index"] = document.Index,
                ["document"] = new JsonObject { ["text"] = document.Text },
                ["relevance_score"] = document.Score,
            })]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
        };
    }

    /// <summary>vLLM's score API: one text with each of the others, or pairs of texts.</summary>
    public static JsonNode Score(ModelReply reply)
    {
        var request = reply.Request;
        var (first, second) = request.Root["text_1"] is null
            ? (request.Texts("queries"), request.Texts("documents"))
            : (request.Texts("text_1"), request.Texts("text_2"));
        var tokens = Tokens([.. first, .. second]);
        return new JsonObject
        {
            ["id"] = $"score-{reply.Id}",
            ["object"] = "list",
            ["created"] = reply.Created,
            ["model"] = request.Model,
            ["data"] = new JsonArray([.. second.Select((text, index) => new JsonObject
            {
                ["index"] = index,
                ["object"] = "score",
                ["score"] = Score(first[Math.Min(index, first.Count - 1)], text),
            })]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens, ["completion_tokens"] = 0 },
        };
    }

    private static double Score(string query, string text)
    {
        var words = Script.Split(query).Select(static word => word.Trim()).Where(static word => word.Length > 0).ToList();
        return words.Count == 0 ? 0 : (double)words.Count(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) / words.Count;
    }

    private static int Tokens(IEnumerable<string> texts) => texts.Sum(static text => Script.Split(text).Count);
}
