#!/usr/bin/env bash
# Starts a Slurm of its own on this machine, for the tests: private-slurm.sh start|wait|stop FOLDER. Needs root, slurmctld, slurmd and munged.
# The folder's slurm.conf is what SLURM_CONF has to name.
set -euo pipefail
verb=$1 folder=$2

if [[ $verb == stop ]]; then
    for program in slurmd slurmctld munged; do
        [[ -f $folder/$program.pid ]] && kill "$(cat "$folder/$program.pid")" 2>/dev/null || true
    done
    exit 0
fi

if [[ $verb == wait ]]; then
    # "sbatch --wait" looks only every half a minute.
    until [[ -z $(SLURM_CONF=$folder/slurm.conf squeue --noheader) ]]; do sleep 0.2; done
    exit 0
fi

mkdir -p "$folder"/{state,spool,munge}
host=$(hostname -s)
port() { python3 - 2>/dev/null <<<'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' || echo $((20000 + RANDOM % 20000)); }
head -c 128 /dev/urandom >"$folder/munge/key"
chown -R munge: "$folder/munge"
chmod 0400 "$folder/munge/key"
chmod 0711 "$(dirname "$folder")" "$folder" "$folder/munge"
runuser -u munge -- munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
    --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" --force
cp "$folder/munge/pid" "$folder/munged.pid"

# A requeued task waits until the credential of its first run is void: 120 seconds, unless cred_expire says otherwise.
cat >"$folder/slurm.conf" <<END
ClusterName=test
SlurmUser=root
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
ReturnToService=2
KillWait=5
SlurmdParameters=config_overrides
MailProg=/bin/true
MpiDefault=none
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
END
export SLURM_CONF=$folder/slurm.conf
slurmctld
slurmd -N "$host" 2>/dev/null || slurmd
for _ in $(seq 150); do
    sinfo --noheader --format=%t 2>/dev/null | grep -q '^idle' && exit 0
    sleep 0.2
done

cat "$folder"/slurm*.log >&2
exit 1
