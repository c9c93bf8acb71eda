namespace EtcdSharp.Platform.Logging;

/// <summary>Something worth a line in the log that was met while the configuration was read.</summary>
internal sealed record ConfigurationNotice(bool Warning, string Message, params (string Name, object Value)[] Fields);
