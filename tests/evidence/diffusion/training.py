#!/usr/bin/env python3
"""A step of training an adapter of FLUX.1-dev and Qwen-Image, as diffusers' DreamBooth scripts run it: what is alive at
the peaks, for each rank and token, resolved from runs at two depths and extended to the model's, which is linear.

Automatic mixed precision is that of CUDA: layer norms in 32 bit. Versions: torch 2.15.0, diffusers 0.42.1, peft 0.21.2.
"""
import json, sys, time
import warnings; warnings.filterwarnings("ignore")
import torch; torch.set_num_threads(1)
import torch.nn.functional as F
import components as C, record as R
from torch._subclasses.fake_tensor import FakeTensorMode
from peft import LoraConfig
import peft.tuners.tuners_utils as tu
tu.BaseTunerLayer._move_adapter_to_device_of_base_layer=lambda self,*a,**k: None
_to=torch.nn.Module.to
torch.nn.Module.to=lambda self,*a,**k: self
ln=F.layer_norm
def layer_norm(x,shape,weight=None,bias=None,eps=1e-5): return ln(x.float(),shape,weight.float() if weight is not None else None,bias.float() if bias is not None else None,eps)
F.layer_norm=torch.nn.functional.layer_norm=layer_norm   # as autocast does on CUDA
B16=torch.bfloat16
T={'flux.1-dev':dict(m=C.flux(True,512),targets=["attn.to_k","attn.to_q","attn.to_v","attn.to_out.0","attn.add_k_proj","attn.add_q_proj","attn.add_v_proj","attn.to_add_out","ff.net.0.proj","ff.net.2","ff_context.net.0.proj","ff_context.net.2"]),
   'qwen-image':dict(m=C.qwen_image(),targets=["to_k","to_q","to_v","to_out.0"])}
def run(which,depth,s,ckpt):
    make,call,full,few=T[which]['m']
    with FakeTensorMode(allow_non_fake_inputs=True):
        model,_=R.build(make(depth),B16)
        model.requires_grad_(False)
        model.add_adapter(LoraConfig(r=s['R'],lora_alpha=s['R'],init_lora_weights="gaussian",target_modules=T[which]['targets']))
        lora=[p for p in model.parameters() if p.requires_grad]
        if ckpt: model.enable_gradient_checkpointing()
        model.train()
        rec=R.Recorder(model)
        for m in model.modules(): rec.watch(m)
        with rec:
            with torch.autocast('cpu',dtype=B16):
                out=call(model,B16,s)
            out=out[0] if isinstance(out,tuple) else out.sample
            target=torch.empty(out.shape,dtype=B16)
            loss=((out.float()-target.float())**2).reshape(target.shape[0],-1).mean(1).mean()
            del out,target
            rec.events.append(('mark',-1,0,'',0))
            loss.backward()
        n=sum(p.numel() for p in lora); dts={str(p.dtype) for p in lora}
        ev=list(rec.events)
        del loss
    return ev,n,dts
import numpy as np
def peaks(ev):
    """Alive by name at the forward and the whole peak."""
    out=[]
    live=best=0; alive={}; snap=None; bestk=None
    res={}
    def grouped(al):
        g={}
        for n,b in al.values(): g[n]=g.get(n,0)+b
        return g
    # two passes: find the peak index, then snapshot
    def find(evs):
        live=0;best=-1;bi=0;sz={}
        for k,e in enumerate(evs):
            if e[0]=='take': sz[e[1]]=e[2]; live+=e[2]
            elif e[0]=='drop': live-=sz[e[1]]
            if live>best and e[0]=='take': best,bi=live,k
        return bi,best
    mark=[k for k,e in enumerate(ev) if e[0]=='mark'][0]
    alive=set()
    for e in ev:
        if e[0]=='take': alive.add(e[1])
        elif e[0]=='drop': alive.discard(e[1])
    ev=[e for e in ev if e[1] not in alive or e[0]=='mark']   # what is left are the adapters' gradients
    mark=[k for k,e in enumerate(ev) if e[0]=='mark'][0]
    for name,lo,hi in (('forward',0,mark),('backward',mark,len(ev))):
        live=0;best=-1;bi=0;sz={}
        for k,e in enumerate(ev[:hi]):
            if e[0]=='take': sz[e[1]]=e[2]; live+=e[2]
            elif e[0]=='drop': live-=sz[e[1]]
            if k>=lo and e[0]=='take' and live>best: best,bi=live,k
        al={}
        for e in ev[:bi+1]:
            if e[0]=='take': al[e[1]]=(e[3],e[2])
            elif e[0]=='drop': al.pop(e[1],None)
        res[name]=(best,ev[bi][3],grouped(al))
    return res
def rec(which,ck):
    full=(19,38) if which.startswith('flux') else (60,)
    # Recomputed, the peak lies in the last single block as soon as there are a dozen of them.
    single=20 if ck else 2
    depths=[(2,single),(3,single),(2,single+1)] if len(full)==2 else [(3,),(4,)]
    combos=[(1024,16),(4096,16),(1024,64),(4096,64)]
    got={}; params={}
    for d in depths:
        for n,r in combos:
            s=int(n**.5)*2
            ev,npar,dt=run(which,d,dict(B=1,N=n,H=s,W=s,R=r),ck)
            got[d,n,r]=peaks(ev); params[d,r]=npar
            print(which,ck,d,n,r,{k:(v[0],v[1]) for k,v in got[d,n,r].items()},npar,flush=True)
    mat=np.array([[1,n,r,n*r] for n,r in combos],float)
    out={}
    for ph in ('forward','backward'):
        form={}
        for d in depths:
            names=sorted({k for c in combos for k in got[(d,)+c][ph][2]})
            form[d]={k:np.linalg.solve(mat,np.array([got[(d,)+c][ph][2].get(k,0) for c in combos],float)) for k in names}
        base=form[depths[0]]; allk=sorted(set().union(*[set(f) for f in form.values()]))
        z=np.zeros(4); tot={}
        for k in allk:
            v=base.get(k,z).copy()
            for j,d in enumerate(depths[1:]):
                v=v+(form[d].get(k,z)-base.get(k,z))*(full[j]-depths[0][j])
            tot[k]=[float(x) for x in np.round(v*4096)/4096]
        out[ph]=tot
    p0={r:params[depths[0],r] for _,r in combos}
    per=[(params[d,16]-params[depths[0],16])/16 for d in depths[1:]]
    out['adapter_params_per_rank']=params[depths[0],16]/16+sum(per[j]*(full[j]-depths[0][j]) for j in range(len(per)))
    print(json.dumps({'pipeline': which, 'checkpointing': ck, **out}), flush=True)
def main():
    for which in ('flux.1-dev','qwen-image'):
        for ck in (True,False):
            t=time.time()
            try: rec(which,ck); print('done',which,ck,time.time()-t,flush=True)
            except Exception as e:
                import traceback; print('FAILED',which,ck,traceback.format_exc()[-1500:],flush=True)


if __name__ == "__main__":
    main()
