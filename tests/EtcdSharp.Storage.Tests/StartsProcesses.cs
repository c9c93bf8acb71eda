namespace EtcdSharp.Storage;

/// <summary>
/// Tests that start programs run alone: between fork and exec the child holds the file locks of the parent, and a file
/// that another test closes and opens again at that moment would be found locked.
/// </summary>
[CollectionDefinition(nameof(StartsProcesses), DisableParallelization = true)]
public sealed class StartsProcesses;
