namespace EtcdSharp.Programs.Etcd;

internal static class ExitCodes
{
    public const int Stopped = 0;
    public const int CannotStart = 1;
    public const int CannotGoOn = 1;
    public const int BadCommandLine = 2;
}
