using EtcdSharp.Raft;
using EtcdSharp.Simulation.Members;

namespace EtcdSharp.Simulation.Faults;

/// <summary>The defect of answering an append before anything is stored: the answers leave now, and once more in time.</summary>
internal static class DefectiveReady
{
    public static void Tamper(SimMember member, Ready ready)
    {
        if (member.World.Defect != Defect.AckBeforeSync)
        {
            return;
        }

        foreach (var message in ready.Messages)
        {
            if (message.To != RaftIds.LocalAppendThread || message.Snapshot is not null)
            {
                continue;
            }

            foreach (var response in message.Responses.Span)
            {
                if (response.To != member.Id && response.Type == MessageType.MsgAppResp)
                {
                    member.Transport.Send([response]);
                }
            }
        }
    }
}
