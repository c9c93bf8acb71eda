using EtcdSharp.Client;

namespace EtcdSharp.Programs.Etcdctl.Commands.Mirroring;

/// <summary>Which keys are mirrored, and what their beginning becomes.</summary>
internal sealed record MirrorPrefixes(EtcdBytes Source, EtcdBytes Destination)
{
    public KeyRange Range => KeyRange.Prefix(Source);

    public EtcdBytes Rename(EtcdBytes key) => Destination + key.Memory[Source.Length..];
}
