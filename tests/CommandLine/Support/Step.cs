namespace EtcdSharp.CommandLine.Tests.Support;

/// <summary>One call of a program, as it would be typed.</summary>
/// <param name="Line">
/// Its arguments with spaces between; quotes of both kinds hold an argument together. <c>{p}</c> becomes a prefix that
/// belongs to the case alone, <c>{q}</c> the end of its range, <c>{h}</c> a host name of its own, <c>{rev}</c> a revision before its keys, <c>{at}</c> the
/// member's address, <c>{port}</c> its port, <c>{name}</c> what an earlier step has captured.
/// </param>
public sealed record Step(string Line)
{
    /// <summary>What it reads from standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>Takes the first number of 16 hexadecimal digits that is printed under this name.</summary>
    public string? Captures { get; init; }

    /// <summary>Takes the id of the one learner there is under this name, before it is called.</summary>
    public string? FindsMember { get; init; }

    /// <summary>Variables of its process; the same placeholders as in the line.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>Does not say where the member is.</summary>
    public bool WithoutEndpoint { get; init; }

    public static implicit operator Step(string line) => new(line);

    public override string ToString() => Line;
}
