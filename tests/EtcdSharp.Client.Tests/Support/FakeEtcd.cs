using System.Buffers.Binary;
using System.Collections.Concurrent;
using EtcdSharp.Api;
using EtcdSharp.Grpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace EtcdSharp.Client.Tests.Support;

/// <summary>A server of unary calls that answers as a test says, to show what a client does with rare answers.</summary>
internal sealed class FakeEtcd : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, int> calls = new(StringComparer.Ordinal);

    private FakeEtcd(WebApplication application) => this.application = application;

    public string Address => application.Urls.First();

    /// <summary>What a call gets: an error, or null for a plain answer. The number is 1 for the first call of a method.</summary>
    public Func<string, int, HttpContext, (StatusCode Code, string Message)?> Refuse { get; set; } = static (_, _, _) => null;

    public long Revision { get; set; } = 1;

    public TimeSpan Delay { get; set; }

    public int Calls(string method) => calls.GetValueOrDefault(method);

    public static async Task<FakeEtcd> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options =>
            options.Listen(System.Net.IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2)
        );
        var web = builder.Build();
        var fake = new FakeEtcd(web);
        web.Run(fake.AnswerAsync);
        await web.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var method = context.Request.Path.Value!.Split('/')[^1];
        var call = calls.AddOrUpdate(method, 1, static (_, before) => before + 1);
        await context.Request.BodyReader.CopyToAsync(Stream.Null);
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, context.RequestAborted);
        }

        context.Response.ContentType = "application/grpc";
        if (Refuse(method, call, context) is { } refusal)
        {
            context.Response.Headers["grpc-status"] = ((int)refusal.Code).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(refusal.Message);
            return;
        }

        var header = new ResponseHeader
        {
            Revision = Revision,
            ClusterId = 1,
            MemberId = 1,
        };
        IMessage answer = method switch
        {
            "Range" => new RangeResponse { Header = header },
            "Put" => new PutResponse { Header = header },
            "DeleteRange" => new DeleteRangeResponse { Header = header },
            "Txn" => new TxnResponse { Header = header, Succeeded = true },
            "Authenticate" => new AuthenticateResponse { Header = header, Token = $"token-{call}" },
            _ => throw new InvalidOperationException($"the fake has no {method}"),
        };
        var frame = new byte[5 + answer.CalculateSize()];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(frame.Length - 5));
        answer.WriteTo(frame.AsSpan(5));
        context.Response.AppendTrailer("grpc-status", "0");
        await context.Response.Body.WriteAsync(frame);
    }
}
