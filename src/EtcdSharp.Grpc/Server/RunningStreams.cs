namespace EtcdSharp.Grpc.Server;

/// <summary>The streaming calls that run, so that a stopping server can end them all.</summary>
internal sealed class RunningStreams : CallStage
{
    private readonly Lock gate = new();
    private readonly HashSet<CallContext> running = [];
    private GrpcStatus ended;

    /// <summary>Not OK once all streams have been ended.</summary>
    public override GrpcStatus Starting(CallContext call)
    {
        if (!call.EndsWithStreams)
        {
            return GrpcStatus.Ok;
        }

        lock (gate)
        {
            if (ended.IsOk)
            {
                running.Add(call);
            }

            return ended;
        }
    }

    /// <summary>
    /// Comes back only when nobody ends this call any more: its object serves another one next. So it is not left to
    /// <see cref="CallStage.Finished"/>, which gets a status that is final.
    /// </summary>
    public void Leave(CallContext call)
    {
        lock (gate)
        {
            running.Remove(call);
        }
    }

    public void End(GrpcStatus status)
    {
        lock (gate)
        {
            ended = status;
            Cancel(static _ => true, status);
        }
    }

    /// <summary>Ends those that run now; more may come.</summary>
    public void Cancel(Func<CallContext, bool> which, GrpcStatus status)
    {
        lock (gate)
        {
            foreach (CallContext call in running.ToArray())
            {
                // Ending one may let others end on this very thread.
                if (running.Contains(call) && which(call))
                {
                    call.Cancel(status);
                }
            }
        }
    }
}
