namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// A model for each case. The requests of clients cannot contain the settings of the emulator, so the defaults of the model contain them.
/// </summary>
internal static class ClientModels
{
    // The name that the model is served under reaches the emulator.
    public const string Variable = """
        [{"name":"text","servedName":"text","endpoint":"demo","usage":true,"defaults":{"stand_in":{"reasoning":""} } },
         {"name":"thinking","servedName":"thinking","endpoint":"demo","usage":true},
         {"name":"tool","servedName":"tool","endpoint":"demo","usage":true},
         {"name":"two-tools","servedName":"two-tools","endpoint":"demo","usage":true},
         {"name":"image","servedName":"image","endpoint":"demo","usage":true,"input":["text","image"]},
         {"name":"json","servedName":"json","endpoint":"demo","usage":true},
         {"name":"fault-before","servedName":"fault-before","endpoint":"demo","usage":true,
            "defaults":{"stand_in":{"fault":{"kind":"model_error","status":400} } } },
         {"name":"fault-during","servedName":"fault-during","endpoint":"demo","usage":true,
            "defaults":{"stand_in":{"reasoning":"","fault":{"kind":"container_error","after":8,
            "message":"{\"error\":{\"message\":\"boom\",\"type\":\"ServerError\",\"code\":500}}"} } } },
         {"name":"cut","servedName":"cut","endpoint":"demo","usage":true,
            "defaults":{"stand_in":{"reasoning":"","fault":{"kind":"end","after":8} } } },
         {"name":"silence","servedName":"silence","endpoint":"demo","usage":true,"defaults":{"stand_in":{"tokens":1,"pace_ms":3000} } },
         {"name":"cancel","servedName":"cancel","endpoint":"demo","usage":true,"defaults":{"stand_in":{"tokens":50,"pace_ms":20} } }]
        """;
}
