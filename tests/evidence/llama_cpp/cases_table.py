"""Rows of llama_cpp.csv from what breakdown.cpp printed.

cases.txt in $WORK: one case a line, the columns case_id, model, file_type, n_ctx, n_seq_max, n_ubatch, type_k, type_v,
flash_attn, swa_full and kv_unified of that table. Each is measured twice, with n_outputs_max 0 and n_seq_max (ids ending
in /cpu, /cpus, /dev, /devs). The output buffer and the states are computed here, not measured.
"""
import json,csv,os
R=os.environ.get("WORK", "work")
def load(f):
    d={}
    for l in open(f):
        try: j=json.loads(l)
        except Exception: continue
        if 'error' in j: continue
        d[j['id']]=j
    return d
met=load(f'{R}/out_metal.jsonl'); cpu=load(f'{R}/out_cpu.jsonl'); dev=load(f'{R}/out_dev.jsonl')
arch={m:json.load(open(f'{R}/configs/{m}.json')) for m in {l.split()[1] for l in open(f'{R}/cases.txt') if l[0]!='#'}}
# recurrent-state bytes from config (verified against 'RS buffer size' logs in alloc runs)
def rs_bytes(c,seq):
    a=c['gguf_arch']; 
    if a in('falcon-h1','granitehybrid'):
        di=c['mamba_n_heads']*c['mamba_d_head'];cv=(c['mamba_d_conv']-1)*(di+2*c['mamba_n_groups']*c['mamba_d_state']);st=c['mamba_d_state']*di
        L=c['num_hidden_layers'] if a=='falcon-h1' else c['layer_types'].count('mamba')
        return 4*(cv+st)*L*seq
    if a=='qwen3next':
        L=36;cv=3*(4096+2*16*128);st=128*4096
        return 4*(cv+st)*L*seq
    return 0
AL={json.loads(l)['id'].split('/')[0] for l in open(f'{R}/out_alloc.jsonl')}
rows=[]
for l in open(f'{R}/cases.txt'):
    if l[0]=='#': continue
    id,m,ft,ctx,seq,ub,k,v,fa,swa,uni=l.split()
    c=cpu.get(id+'/cpu'); s=cpu.get(id+'/cpus'); d=dev.get(id+'/dev'); ds=dev.get(id+'/devs')
    if not c: print('missing',id); continue
    V=arch[m]['vocab_size']
    ob=V*4*int(seq)
    rs=rs_bytes(arch[m],int(seq)); ctxb=c['host_ctx']; kv=ctxb-rs
    p=f'{R}/gguf/{m}-{ft}.gguf'
    tot=c['host_model']+ctxb+c['host_compute']+ob
    r=dict(case_id=id,model=m,arch=arch[m]['gguf_arch'],file_type=ft,n_params=c['n_params'],gguf_file_bytes=os.path.getsize(p),n_ctx=c['n_ctx'],n_seq_max=seq,n_ubatch=ub,type_k=k,type_v=v,flash_attn=fa,swa_full=swa,
      model_bytes=c['host_model'],kv_bytes=kv,rs_bytes=rs,compute_bytes=c['host_compute'],output_bytes=ob,total_bytes=tot,how='measured by alloc (no_alloc byte-equal)' if id in AL else 'no_alloc',
      kv_unified=uni,n_ctx_seq=c['n_ctx_seq'],compute_bytes_server=s['host_compute'],total_bytes_server=tot-c['host_compute']+s['host_compute'])
    if d: r.update(dev_model_bytes=d['dev_model'],dev_ctx_bytes=d['dev_ctx'],dev_compute_bytes=d['dev_compute'],dev_compute_bytes_server=ds['dev_compute'],host_model_bytes=d['host_model'],host_ctx_bytes=d['host_ctx'],host_compute_bytes=d['host_compute'],host_compute_bytes_server=ds['host_compute'],
      gpu_device_total=d['dev_model']+d['dev_ctx']+d['dev_compute'],gpu_grand_total=d['dev_model']+d['dev_ctx']+d['dev_compute']+d['host_model']+d['host_ctx']+d['host_compute']+ob, gpu_grand_total_server=d['dev_model']+d['dev_ctx']+ds['dev_compute']+d['host_model']+d['host_ctx']+ds['host_compute']+ob)
    mm=met.get(id+'/dev'); r.update(metal_emul_dev_compute_bytes=mm['dev_compute'] if mm else '',metal_emul_dev_compute_bytes_server=met[id+'/devs']['dev_compute'] if mm else '',metal_emul_host_compute_bytes=mm['host_compute'] if mm else '')
    rows.append(r)
with open(f'{R}/llama_cpp.csv','w',newline='') as f:
    w=csv.DictWriter(f,fieldnames=list(rows[0])); w.writeheader(); w.writerows(rows)
for r in rows: print(r['case_id'],f"{r['model']:19s}{r['file_type']:10s}{r['n_ctx']:7d} s{r['n_seq_max']} ub{r['n_ubatch']:5s}{r['type_k']:5s}fa{r['flash_attn']} swaf{r['swa_full']} | model {r['model_bytes']/2**20:10.1f} kv {r['kv_bytes']/2**20:9.1f} rs {r['rs_bytes']/2**20:6.1f} comp {r['compute_bytes']/2**20:8.1f} (srv {r['compute_bytes_server']/2**20:8.1f}) out {r['output_bytes']/2**20:5.2f} tot {r['total_bytes']/2**20:10.1f} MiB | dev comp {r.get('dev_compute_bytes',0)/2**20:8.1f}/{r.get('dev_compute_bytes_server',0)/2**20:8.1f} host {r.get('host_compute_bytes',0)/2**20:7.1f}")
