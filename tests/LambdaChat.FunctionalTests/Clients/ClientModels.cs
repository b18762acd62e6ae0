namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// A model for each case, because a client's request has no place for what the emulator shall do: the model's defaults say it.
/// </summary>
internal static class ClientModels
{
    public const string Variable = """
        [{"name":"text","endpoint":"demo","usage":true,"defaults":{"stand_in":{"reasoning":""} } },
         {"name":"thinking","endpoint":"demo","usage":true},
         {"name":"tool","endpoint":"demo","usage":true},
         {"name":"two-tools","endpoint":"demo","usage":true},
         {"name":"image","endpoint":"demo","usage":true,"input":["text","image"]},
         {"name":"json","endpoint":"demo","usage":true},
         {"name":"fault-before","endpoint":"demo","usage":true,"defaults":{"stand_in":{"fault":{"kind":"model_error","status":400} } } },
         {"name":"fault-during","endpoint":"demo","usage":true,"defaults":{"stand_in":{"reasoning":"","fault":{"kind":"container_error","after":8,
            "message":"{\"error\":{\"message\":\"boom\",\"type\":\"ServerError\",\"code\":500}}"} } } },
         {"name":"cut","endpoint":"demo","usage":true,"defaults":{"stand_in":{"reasoning":"","fault":{"kind":"end","after":8} } } },
         {"name":"cancel","endpoint":"demo","usage":true,"defaults":{"stand_in":{"tokens":50,"pace_ms":20} } }]
        """;
}
