namespace EtcdSharp.CommandLine.Completion;

/// <summary>What the shell is to do beside offering the candidates. The numbers are what the scripts of shells go by.</summary>
internal enum CompletionDirective
{
    /// <summary>Offer files where there is no candidate.</summary>
    Default = 0,

    NoFileComp = 4,

    /// <summary>Offer folders.</summary>
    FilterDirs = 16,
}
