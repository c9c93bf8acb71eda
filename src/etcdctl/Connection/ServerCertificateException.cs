using System.Security.Authentication;

namespace EtcdSharp.Programs.Etcdctl.Connection;

/// <summary>The server is not who it should be; the message says why, and what to do.</summary>
internal sealed class ServerCertificateException(string message) : AuthenticationException(message);
