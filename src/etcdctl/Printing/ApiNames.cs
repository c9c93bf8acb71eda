using EtcdSharp.Api;
using EventType = EtcdSharp.Api.Mvccpb.Event.Types.EventType;

namespace EtcdSharp.Programs.Etcdctl.Printing;

/// <summary>Enumerations by the names of the API.</summary>
internal static class ApiNames
{
    public static string Of(EventType type) => type == EventType.Delete ? "DELETE" : "PUT";

    public static string Of(AlarmType type) =>
        type switch
        {
            AlarmType.Nospace => "NOSPACE",
            AlarmType.Corrupt => "CORRUPT",
            _ => "NONE",
        };
}
