using EtcdSharp.Server;
using Microsoft.Extensions.Logging.Abstractions;

// A member on its defaults; an argument names another data directory, a second one another client URL.
var stop = new TaskCompletionSource();
using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGINT,
    context =>
    {
        context.Cancel = true;
        stop.TrySetResult();
    }
);
using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGTERM,
    context =>
    {
        context.Cancel = true;
        stop.TrySetResult();
    }
);
await using var member = await Member.StartAsync(
    new MemberOptions
    {
        DataDirectory = args.Length > 0 ? args[0] : "default.etcd",
        ListenClientUrls = [args.Length > 1 ? args[1] : "http://localhost:2379"],
        Logging = NullLoggerFactory.Instance,
    }
);
Console.WriteLine($"serving on {string.Join(", ", member.ClientUrls)}");
await Task.WhenAny(stop.Task, member.Completion);
return 0;
