using EtcdSharp.Api;
using EtcdSharp.Api.Errors;
using EtcdSharp.Api.Mvccpb;
using Google.Protobuf;

namespace EtcdSharp.Simulation.Checking;

/// <summary>Transactions of the model: compare, choose a branch, carry it out under one revision.</summary>
internal sealed partial class ReplicatedModel
{
    private (EtcdError? Error, IMessage? Response) Txn(TxnRequest request)
    {
        var succeeds = request.Compare.All(Holds);
        var branch = succeeds ? request.Success : request.Failure;
        foreach (var operation in branch)
        {
            if (Refuse(operation) is { } error)
            {
                return (error, null);
            }
        }

        var response = new TxnResponse { Succeeded = succeeds };
        var eventsBefore = _events.Count;
        foreach (var operation in branch)
        {
            response.Responses.Add(Carry(operation));
        }

        Revision += _events.Count > eventsBefore ? 1 : 0;
        return (null, response);
    }

    private EtcdError? Refuse(RequestOp operation)
    {
        if (operation.RequestPut is { } put)
        {
            return LeaseIsThere(put.Lease) ? null : EtcdError.LeaseNotFound;
        }

        if (operation.RequestRange is not { Revision: > 0 } range)
        {
            return null;
        }

        return range.Revision > Revision ? EtcdError.FutureRev
            : range.Revision < Compacted ? EtcdError.Compacted
            : null;
    }

    private ResponseOp Carry(RequestOp operation)
    {
        if (operation.RequestPut is { } put)
        {
            return new ResponseOp { ResponsePut = Put(put, Revision + 1) };
        }

        if (operation.RequestDeleteRange is { } delete)
        {
            return new ResponseOp { ResponseDeleteRange = Delete(delete, Revision + 1) };
        }

        var range = operation.RequestRange;
        return new ResponseOp { ResponseRange = Range(range, range.Revision > 0 ? range.Revision : Revision + 1) };
    }

    private bool Holds(Compare compare)
    {
        var value = ValueAt(Text(compare.Key), Revision);
        var order = compare.Target switch
        {
            Compare.Types.CompareTarget.Version => (value?.Version ?? 0).CompareTo(compare.Version),
            Compare.Types.CompareTarget.Create => (value?.CreateRevision ?? 0).CompareTo(compare.CreateRevision),
            Compare.Types.CompareTarget.Mod => (value?.ModRevision ?? 0).CompareTo(compare.ModRevision),
            Compare.Types.CompareTarget.Value when value is null => int.MinValue,
            _ => value!.Value.Span.SequenceCompareTo(compare.Value.Span),
        };
        if (order == int.MinValue)
        {
            return false;
        }

        return compare.Result switch
        {
            Compare.Types.CompareResult.Equal => order == 0,
            Compare.Types.CompareResult.Greater => order > 0,
            Compare.Types.CompareResult.Less => order < 0,
            _ => order != 0,
        };
    }
}
