namespace EtcdSharp.Cluster;

/// <summary>What takes too long for every change runs where ETCDSHARP_CLUSTER_LONG is set.</summary>
internal static class LongRun
{
    private const string Variable = "ETCDSHARP_CLUSTER_LONG";

    /// <summary>Where a line for each part of a long run goes, if anywhere.</summary>
    private const string NotesVariable = "ETCDSHARP_CLUSTER_NOTES";

    public static void Note(string line, ITestOutputHelper? output = null)
    {
        output?.WriteLine(line);
        if (Environment.GetEnvironmentVariable(NotesVariable) is { Length: > 0 } file)
        {
            File.AppendAllText(file, line + "\n");
        }
    }

    public static void Require() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }, $"runs for long; set {Variable}=1");
}
