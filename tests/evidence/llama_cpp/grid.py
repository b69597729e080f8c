"""Lines of settings for breakdown.cpp: the grid of llama_cpp_grid.csv on the processor and on a device."""
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__))); import build_gguf as b
best={}
for n,ft in b.WANT:
    if n not in best or ft in('Q4_K_M',): best[n]=ft
out={'cpu':[], 'dev':[]}
for n,ft in best.items():
    p=f'gguf/{n}-{ft}.gguf'
    for mode in('cpu','dev'):
        for ctx in (2048,4096,8192,16384,32768,65536,131072):
            for seq in (1,4):
                for ub in (512,2048):
                    for k,fa in (('f16',1),('f16',0),('q8_0',1),('q4_0',1)):
                        for no in (0,seq):
                            out[mode].append(f'{n}|{ft}|{ctx}|{seq}|{ub}|{k}|{fa}|{no}|{mode} {p} {ctx} {seq} {ub} 2048 {k} {k} {fa} 0 0 {no} {mode} 0')
    # extra: ubatch, unified, swa_full
        for ub in (64,128,256,1024):
            out[mode].append(f'{n}|{ft}|8192|1|{ub}|f16|1|0|{mode} {p} 8192 1 {ub} 2048 f16 f16 1 0 0 0 {mode} 0')
for m,l in out.items(): open(f'grid_{m}.txt','w').write('\n'.join(l)+'\n'); print(m,len(l))
