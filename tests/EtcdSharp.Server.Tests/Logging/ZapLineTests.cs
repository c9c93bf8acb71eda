using System.Buffers;
using System.Text;
using System.Text.Json;
using EtcdSharp.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Server.Tests.Logging;

public sealed partial class ZapLineTests
{
    [Fact]
    public void ALineHasEtcdsShape()
    {
        var logger = new RecordingLogger();
        Say(logger, "http://localhost:2379", TimeSpan.FromMilliseconds(1500), ["a", "b"], 7);
        var line = Assert.Single(logger.Lines);
        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(
            ["level", "ts", "caller", "msg", "advertise-client-url", "took", "names", "local-member-id"],
            json.EnumerateObject().Select(property => property.Name)
        );
        Assert.Equal("info", json.GetProperty("level").GetString());
        Assert.Equal("2026-01-02T03:04:05.678901Z", json.GetProperty("ts").GetString());
        Assert.Equal("ready to serve client requests", json.GetProperty("msg").GetString());
        Assert.Equal("1.5s", json.GetProperty("took").GetString());
        Assert.Equal(2, json.GetProperty("names").GetArrayLength());
        Assert.Equal(7, json.GetProperty("local-member-id").GetInt32());
    }

    [LoggerMessage(LogLevel.Information, "ready to serve client requests")]
    private static partial void Say(
        ILogger logger,
        string advertiseClientUrl,
        TimeSpan took,
        string[] names,
        ulong localMemberId
    );

    private sealed class RecordingLogger : ILogger
    {
        private static readonly DateTimeOffset s_time = new DateTimeOffset(
            2026,
            1,
            2,
            3,
            4,
            5,
            678,
            TimeSpan.Zero
        ).AddMicroseconds(901);

        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var output = new ArrayBufferWriter<byte>();
            ZapLine.Write(output, s_time, logLevel, "node/RaftLoop.cs", state, exception, formatter);
            Lines.Add(Encoding.UTF8.GetString(output.WrittenSpan));
        }
    }
}
