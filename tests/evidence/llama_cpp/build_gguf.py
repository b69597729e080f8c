#!/usr/bin/env python3
"""GGUF files with real shapes and no data (sparse files); each tensor's type is chosen by llama.cpp's quantizer, dry run.

Writes gguf/, configs/ and gguf_sizes.csv under $WORK; needs quantize_dry.cpp built as $WORK/quantize_dry.
"""
import struct, os, sys, json, re, subprocess
import numpy as np
ROOT=os.environ.get("WORK", "work")
for d in ("gguf","headers","build","configs"): os.makedirs(f"{ROOT}/{d}",exist_ok=True)
QZ=f'{ROOT}/quantize_dry'
# type: id, block, bytes
T={'F32':(0,1,4),'F16':(1,1,2),'Q4_0':(2,32,18),'Q4_1':(3,32,20),'Q5_0':(6,32,22),'Q5_1':(7,32,24),'Q8_0':(8,32,34),
'Q2_K':(10,256,84),'Q3_K':(11,256,110),'Q4_K':(12,256,144),'Q5_K':(13,256,176),'Q6_K':(14,256,210),
'IQ4_NL':(20,32,18),'IQ3_S':(21,256,110),'IQ2_S':(22,256,82),'IQ4_XS':(23,256,136),'BF16':(30,1,2),'MXFP4':(39,32,17),
'IQ2_XXS':(16,256,66),'IQ3_XXS':(18,256,98),'IQ2_XS':(17,256,74)}
FT={'F16':1,'Q4_0':2,'Q8_0':7,'Q2_K':10,'Q3_K_M':12,'Q4_K_M':15,'Q5_K_M':17,'Q6_K':18,'IQ4_XS':30,'MXFP4_MOE':38,'Q4_K_S':14}
def nb(t,ne):
    _,b,s=T[t]; n=1
    for d in ne: n*=d
    assert ne[0]%b==0,(t,ne); return n//b*s
def s(x): x=x.encode(); return struct.pack('<Q',len(x))+x
def kvb(k,v):
    o=s(k)
    if isinstance(v,bool): return o+struct.pack('<I?',7,v)
    if isinstance(v,int): return o+struct.pack('<II',4,v)
    if isinstance(v,float): return o+struct.pack('<If',6,v)
    if isinstance(v,str): return o+struct.pack('<I',8)+s(v)
    if isinstance(v,bytes): return o+v          # preencoded incl. type
    if isinstance(v,list):
        if isinstance(v[0],bool): return o+struct.pack('<IIQ',9,7,len(v))+bytes(v)
        if isinstance(v[0],int): return o+struct.pack('<IIQ',9,4,len(v))+struct.pack(f'<{len(v)}I',*v)
        if isinstance(v[0],float): return o+struct.pack('<IIQ',9,6,len(v))+struct.pack(f'<{len(v)}f',*v)
    raise TypeError(k)
def byte_tokens():
    bs=list(range(33,127))+list(range(161,173))+list(range(174,256)); cs=bs[:]; n=0
    for b in range(256):
        if b not in bs: bs.append(b); cs.append(256+n); n+=1
    return [chr(c) for c in cs]
def vocab_kv(V):
    toks=byte_tokens()+[f't{i:06d}' for i in range(256,V)]
    toks=toks[:V]
    arr=struct.pack('<IIQ',9,8,V)+b''.join(s(t) for t in toks)
    tt=struct.pack('<IIQ',9,5,V)+np.ones(V,dtype='<i4').tobytes()
    mg=struct.pack('<IIQ',9,8,1)+s('a b')
    return [('tokenizer.ggml.model','gpt2'),('tokenizer.ggml.pre','default'),('tokenizer.ggml.tokens',arr),
            ('tokenizer.ggml.token_type',tt),('tokenizer.ggml.merges',mg),
            ('tokenizer.ggml.bos_token_id',1),('tokenizer.ggml.eos_token_id',2)]
def write(path,kvs,tensors,hdr=None):
    """tensors: (name, ne, type)"""
    h=[b'GGUF',struct.pack('<IQQ',3,len(tensors),len(kvs))]
    h+=[kvb(k,v) for k,v in kvs]
    off=0
    for n,ne,t in tensors:
        h.append(s(n)+struct.pack('<I',len(ne))+struct.pack(f'<{len(ne)}Q',*ne)+struct.pack('<IQ',T[t][0],off))
        off+=(nb(t,ne)+31)//32*32
    h=b''.join(h); pad=(-len(h))%32; h+=b'\0'*pad
    with open(path,'wb') as f: f.write(h); f.truncate(len(h)+off)
    if hdr:
        with open(hdr,'wb') as f: f.write(h)
    return len(h)+off

# ---------------- model definitions (HF-style configs) ----------------
M={}
def m(name,**c): M[name]=c
LL=dict(model_type='llama',architectures=['LlamaForCausalLM'],gguf_arch='llama',tie_word_embeddings=False)
m('Llama-3.1-8B',**LL,hidden_size=4096,num_hidden_layers=32,num_attention_heads=32,num_key_value_heads=8,head_dim=128,intermediate_size=14336,vocab_size=128256,max_position_embeddings=131072,rope_theta=500000.0,rope_freqs=True)
m('Llama-3.2-1B',**{**LL,'tie_word_embeddings':True},hidden_size=2048,num_hidden_layers=16,num_attention_heads=32,num_key_value_heads=8,head_dim=64,intermediate_size=8192,vocab_size=128256,max_position_embeddings=131072,rope_theta=500000.0,rope_freqs=True)
m('Llama-3.3-70B',**LL,hidden_size=8192,num_hidden_layers=80,num_attention_heads=64,num_key_value_heads=8,head_dim=128,intermediate_size=28672,vocab_size=128256,max_position_embeddings=131072,rope_theta=500000.0,rope_freqs=True)
m('Llama-3.1-405B',**LL,hidden_size=16384,num_hidden_layers=126,num_attention_heads=128,num_key_value_heads=8,head_dim=128,intermediate_size=53248,vocab_size=128256,max_position_embeddings=131072,rope_theta=500000.0,rope_freqs=True)
m('Mistral-7B-v0.3',**{**LL,'model_type':'mistral','architectures':['MistralForCausalLM']},hidden_size=4096,num_hidden_layers=32,num_attention_heads=32,num_key_value_heads=8,head_dim=128,intermediate_size=14336,vocab_size=32768,max_position_embeddings=32768,rope_theta=1000000.0)
MX={**LL,'model_type':'mixtral','architectures':['MixtralForCausalLM']}
m('Mixtral-8x7B',**MX,hidden_size=4096,num_hidden_layers=32,num_attention_heads=32,num_key_value_heads=8,head_dim=128,intermediate_size=14336,vocab_size=32000,max_position_embeddings=32768,rope_theta=1000000.0,num_local_experts=8,num_experts_per_tok=2)
m('Mixtral-8x22B',**MX,hidden_size=6144,num_hidden_layers=56,num_attention_heads=48,num_key_value_heads=8,head_dim=128,intermediate_size=16384,vocab_size=32000,max_position_embeddings=65536,rope_theta=1000000.0,num_local_experts=8,num_experts_per_tok=2)
Q2=dict(model_type='qwen2',architectures=['Qwen2ForCausalLM'],gguf_arch='qwen2',tie_word_embeddings=False,attention_bias=True)
m('Qwen2.5-14B',**Q2,hidden_size=5120,num_hidden_layers=48,num_attention_heads=40,num_key_value_heads=8,head_dim=128,intermediate_size=13824,vocab_size=152064,max_position_embeddings=131072,rope_theta=1000000.0)
m('Qwen2.5-32B',**Q2,hidden_size=5120,num_hidden_layers=64,num_attention_heads=40,num_key_value_heads=8,head_dim=128,intermediate_size=27648,vocab_size=152064,max_position_embeddings=131072,rope_theta=1000000.0)
Q3=dict(model_type='qwen3',architectures=['Qwen3ForCausalLM'],gguf_arch='qwen3',tie_word_embeddings=False,qk_norm=True)
m('Qwen3-8B',**Q3,hidden_size=4096,num_hidden_layers=36,num_attention_heads=32,num_key_value_heads=8,head_dim=128,intermediate_size=12288,vocab_size=151936,max_position_embeddings=40960,rope_theta=1000000.0)
m('Qwen3-14B',**Q3,hidden_size=5120,num_hidden_layers=40,num_attention_heads=40,num_key_value_heads=8,head_dim=128,intermediate_size=17408,vocab_size=151936,max_position_embeddings=40960,rope_theta=1000000.0)
Q3M=dict(model_type='qwen3_moe',architectures=['Qwen3MoeForCausalLM'],gguf_arch='qwen3moe',tie_word_embeddings=False,qk_norm=True)
m('Qwen3-30B-A3B',**Q3M,hidden_size=2048,num_hidden_layers=48,num_attention_heads=32,num_key_value_heads=4,head_dim=128,intermediate_size=6144,moe_intermediate_size=768,num_experts=128,num_experts_per_tok=8,vocab_size=151936,max_position_embeddings=40960,rope_theta=1000000.0)
m('Qwen3-235B-A22B',**Q3M,hidden_size=4096,num_hidden_layers=94,num_attention_heads=64,num_key_value_heads=4,head_dim=128,intermediate_size=12288,moe_intermediate_size=1536,num_experts=128,num_experts_per_tok=8,vocab_size=151936,max_position_embeddings=40960,rope_theta=1000000.0)
m('Gemma-2-9B',model_type='gemma2',architectures=['Gemma2ForCausalLM'],gguf_arch='gemma2',tie_word_embeddings=True,hidden_size=3584,num_hidden_layers=42,num_attention_heads=16,num_key_value_heads=8,head_dim=256,intermediate_size=14336,vocab_size=256000,max_position_embeddings=8192,rope_theta=10000.0,sliding_window=4096,sliding_window_pattern=2,attn_logit_softcapping=50.0,final_logit_softcapping=30.0)
m('Gemma-3-27B',model_type='gemma3_text',architectures=['Gemma3ForCausalLM'],gguf_arch='gemma3',tie_word_embeddings=True,qk_norm=True,hidden_size=5376,num_hidden_layers=62,num_attention_heads=32,num_key_value_heads=16,head_dim=128,intermediate_size=21504,vocab_size=262144,max_position_embeddings=131072,rope_theta=1000000.0,sliding_window=1024,sliding_window_pattern=6)
m('Phi-4-14B',model_type='phi3',architectures=['Phi3ForCausalLM'],gguf_arch='phi3',tie_word_embeddings=False,hidden_size=5120,num_hidden_layers=40,num_attention_heads=40,num_key_value_heads=10,head_dim=128,intermediate_size=17920,vocab_size=100352,max_position_embeddings=16384,rope_theta=250000.0)
GO=dict(model_type='gpt_oss',architectures=['GptOssForCausalLM'],gguf_arch='gpt-oss',tie_word_embeddings=False,attention_bias=True,hidden_size=2880,num_attention_heads=64,num_key_value_heads=8,head_dim=64,intermediate_size=2880,moe_intermediate_size=2880,num_experts_per_tok=4,vocab_size=201088,max_position_embeddings=131072,rope_theta=150000.0,sliding_window=128,sliding_window_pattern=2)
m('gpt-oss-20b',**GO,num_hidden_layers=24,num_local_experts=32)
m('gpt-oss-120b',**GO,num_hidden_layers=36,num_local_experts=128)
m('DeepSeek-R1-671B',model_type='deepseek_v3',architectures=['DeepseekV3ForCausalLM'],gguf_arch='deepseek2',tie_word_embeddings=False,hidden_size=7168,num_hidden_layers=61,num_attention_heads=128,num_key_value_heads=128,q_lora_rank=1536,kv_lora_rank=512,qk_nope_head_dim=128,qk_rope_head_dim=64,v_head_dim=128,head_dim=192,intermediate_size=18432,moe_intermediate_size=2048,n_routed_experts=256,num_experts_per_tok=8,n_shared_experts=1,first_k_dense_replace=3,n_group=8,topk_group=4,vocab_size=129280,max_position_embeddings=163840,rope_theta=10000.0,scoring_func='sigmoid')
m('DeepSeek-V2-Lite',model_type='deepseek_v2',architectures=['DeepseekV2ForCausalLM'],gguf_arch='deepseek2',tie_word_embeddings=False,hidden_size=2048,num_hidden_layers=27,num_attention_heads=16,num_key_value_heads=16,q_lora_rank=None,kv_lora_rank=512,qk_nope_head_dim=128,qk_rope_head_dim=64,v_head_dim=128,head_dim=192,intermediate_size=10944,moe_intermediate_size=1408,n_routed_experts=64,num_experts_per_tok=6,n_shared_experts=2,first_k_dense_replace=1,n_group=1,topk_group=1,vocab_size=102400,max_position_embeddings=163840,rope_theta=10000.0,scoring_func='softmax')
m('Command-R-35B',model_type='cohere',architectures=['CohereForCausalLM'],gguf_arch='command-r',tie_word_embeddings=True,hidden_size=8192,num_hidden_layers=40,num_attention_heads=64,num_key_value_heads=64,head_dim=128,intermediate_size=22528,vocab_size=256000,max_position_embeddings=131072,rope_theta=8000000.0)
m('Falcon-H1-7B',model_type='falcon_h1',architectures=['FalconH1ForCausalLM'],gguf_arch='falcon-h1',tie_word_embeddings=False,hidden_size=3072,num_hidden_layers=44,num_attention_heads=12,num_key_value_heads=2,head_dim=128,intermediate_size=12288,vocab_size=130049,max_position_embeddings=262144,rope_theta=1e11,mamba_d_ssm=3072,mamba_d_state=256,mamba_n_heads=24,mamba_d_head=128,mamba_n_groups=1,mamba_d_conv=4,mamba_conv_bias=True,mamba_rms_norm=False)
m('Qwen3-Next-80B-A3B',model_type='qwen3_next',architectures=['Qwen3NextForCausalLM'],gguf_arch='qwen3next',tie_word_embeddings=False,qk_norm=True,hidden_size=2048,num_hidden_layers=48,num_attention_heads=16,num_key_value_heads=2,head_dim=256,intermediate_size=5120,moe_intermediate_size=512,shared_expert_intermediate_size=512,num_experts=512,num_experts_per_tok=10,vocab_size=151936,max_position_embeddings=262144,rope_theta=10000000.0,full_attention_interval=4,linear_num_key_heads=16,linear_num_value_heads=32,linear_key_head_dim=128,linear_value_head_dim=128,linear_conv_kernel_dim=4,partial_rotary_factor=0.25)
m('Granite-4.0-H-Tiny',model_type='granitemoehybrid',architectures=['GraniteMoeHybridForCausalLM'],gguf_arch='granitehybrid',tie_word_embeddings=True,hidden_size=1536,num_hidden_layers=40,num_attention_heads=12,num_key_value_heads=4,head_dim=128,intermediate_size=512,shared_intermediate_size=1024,num_local_experts=64,num_experts_per_tok=6,vocab_size=100352,max_position_embeddings=131072,rope_theta=10000.0,mamba_n_heads=48,mamba_d_head=64,mamba_d_state=128,mamba_n_groups=1,mamba_d_conv=4,mamba_expand=2,mamba_conv_bias=True,layer_types=['attention' if i in(5,15,25,35) else 'mamba' for i in range(40)])

def define(name):
    c=M[name]; a=c['gguf_arch']; h=c['hidden_size']; L=c['num_hidden_layers']; H=c['num_attention_heads']; K=c['num_key_value_heads']; hd=c['head_dim']; ff=c['intermediate_size']; V=c['vocab_size']
    kv=[('general.architecture',a),('general.type','model'),('general.name',name),('general.quantization_version',2),
        (f'{a}.vocab_size',V),(f'{a}.context_length',c['max_position_embeddings']),(f'{a}.embedding_length',h),(f'{a}.block_count',L),
        (f'{a}.attention.head_count',H),(f'{a}.rope.freq_base',float(c['rope_theta']))]
    t=[]
    def add(n,*ne,f32=False): t.append((n,list(ne),f32))
    add('token_embd.weight',h,V); add('output_norm.weight',h)
    if not c['tie_word_embeddings']: add('output.weight',h,V)
    E=c.get('num_local_experts') or c.get('num_experts') or c.get('n_routed_experts') or 0
    if E: kv+=[(f'{a}.expert_count',E),(f'{a}.expert_used_count',c['num_experts_per_tok'])]
    eps='layer_norm_epsilon' if a=='command-r' else 'layer_norm_rms_epsilon'
    kv.append((f'{a}.attention.{eps}',1e-5))
    if a!='granitehybrid' and a!='deepseek2': kv.append((f'{a}.attention.head_count_kv',K))
    if a=='granitehybrid': kv.append((f'{a}.attention.head_count_kv',[K if x=='attention' else 0 for x in c['layer_types']]))
    if a=='deepseek2':
        kl=c['kv_lora_rank']; r=c['qk_rope_head_dim']
        kv+=[(f'{a}.attention.head_count_kv',1),(f'{a}.attention.key_length',kl+r),(f'{a}.attention.value_length',kl),(f'{a}.attention.key_length_mla',c['qk_nope_head_dim']+r),(f'{a}.attention.value_length_mla',c['v_head_dim']),
             (f'{a}.attention.kv_lora_rank',kl),(f'{a}.rope.dimension_count',r),(f'{a}.leading_dense_block_count',c['first_k_dense_replace']),
             (f'{a}.expert_feed_forward_length',c['moe_intermediate_size']),(f'{a}.expert_shared_count',c['n_shared_experts']),(f'{a}.expert_weights_scale',2.5 if L==61 else 1.0),(f'{a}.expert_weights_norm',L==61),
             (f'{a}.expert_gating_func',2 if c['scoring_func']=='sigmoid' else 1),
             (f'{a}.rope.scaling.type','yarn'),(f'{a}.rope.scaling.factor',40.0),(f'{a}.rope.scaling.original_context_length',4096),(f'{a}.rope.scaling.yarn_log_multiplier',0.1)]
        if c['q_lora_rank']: kv.append((f'{a}.attention.q_lora_rank',c['q_lora_rank']))
        if c['n_group']>1: kv+=[(f'{a}.expert_group_count',c['n_group']),(f'{a}.expert_group_used_count',c['topk_group'])]
    else:
        kv+=[(f'{a}.attention.key_length',hd),(f'{a}.attention.value_length',hd)]
        kv.append((f'{a}.rope.dimension_count',int(hd*c.get('partial_rotary_factor',1))))
    kv.append((f'{a}.feed_forward_length',ff))
    if a in('qwen3moe','gpt-oss','qwen3next'): kv.append((f'{a}.expert_feed_forward_length',c['moe_intermediate_size']))
    if c.get('sliding_window'): kv.append((f'{a}.attention.sliding_window',c['sliding_window']))
    if a=='gemma2': kv+=[(f'{a}.attn_logit_softcapping',50.0),(f'{a}.final_logit_softcapping',30.0)]
    if a=='gpt-oss': kv+=[(f'{a}.rope.scaling.type','yarn'),(f'{a}.rope.scaling.factor',32.0),(f'{a}.rope.scaling.original_context_length',4096)]
    if a=='command-r': kv.append((f'{a}.logit_scale',0.0625))
    if a in('falcon-h1','granitehybrid'):
        di=c['mamba_n_heads']*c['mamba_d_head']
        kv+=[(f'{a}.ssm.conv_kernel',4),(f'{a}.ssm.inner_size',di),(f'{a}.ssm.state_size',c['mamba_d_state']),(f'{a}.ssm.time_step_rank',c['mamba_n_heads']),(f'{a}.ssm.group_count',c['mamba_n_groups'])]
    if a=='granitehybrid': kv+=[(f'{a}.expert_shared_feed_forward_length',c['shared_intermediate_size']),(f'{a}.logit_scale',6.0),(f'{a}.residual_scale',0.22),(f'{a}.embedding_scale',12.0),(f'{a}.attention.scale',0.0078125)]
    if a=='qwen3next':
        kv+=[(f'{a}.ssm.conv_kernel',4),(f'{a}.ssm.inner_size',c['linear_num_value_heads']*c['linear_value_head_dim']),(f'{a}.ssm.state_size',128),(f'{a}.ssm.time_step_rank',32),(f'{a}.ssm.group_count',16),(f'{a}.expert_shared_feed_forward_length',512),(f'{a}.full_attention_interval',4)]
    if c.get('rope_freqs'): add('rope_freqs.weight',hd//2,f32=True)
    for i in range(L):
        p=f'blk.{i}.'
        add(p+'attn_norm.weight',h)
        qk=c.get('qk_norm')
        if a=='deepseek2':
            kl=c['kv_lora_rank'];r=c['qk_rope_head_dim'];no=c['qk_nope_head_dim'];vd=c['v_head_dim'];ql=c['q_lora_rank']
            if ql: add(p+'attn_q_a_norm.weight',ql); add(p+'attn_q_a.weight',h,ql); add(p+'attn_q_b.weight',ql,H*(no+r))
            else: add(p+'attn_q.weight',h,H*(no+r))
            add(p+'attn_kv_a_norm.weight',kl); add(p+'attn_kv_a_mqa.weight',h,kl+r)
            add(p+'attn_k_b.weight',no,kl,H); add(p+'attn_v_b.weight',kl,vd,H); add(p+'attn_output.weight',H*vd,h)
            add(p+'ffn_norm.weight',h)
            if i<c['first_k_dense_replace']:
                add(p+'ffn_gate.weight',h,ff);add(p+'ffn_up.weight',h,ff);add(p+'ffn_down.weight',ff,h)
            else:
                me=c['moe_intermediate_size'];sh=me*c['n_shared_experts']
                add(p+'ffn_gate_inp.weight',h,E,f32=True)
                if c['scoring_func']=='sigmoid': add(p+'exp_probs_b.bias',E)
                add(p+'ffn_gate_exps.weight',h,me,E);add(p+'ffn_up_exps.weight',h,me,E);add(p+'ffn_down_exps.weight',me,h,E)
                add(p+'ffn_gate_shexp.weight',h,sh);add(p+'ffn_up_shexp.weight',h,sh);add(p+'ffn_down_shexp.weight',sh,h)
            continue
        recr = a=='qwen3next' and (i+1)%4!=0 or a=='granitehybrid' and c['layer_types'][i]=='mamba'
        if a=='falcon-h1' or (a=='granitehybrid' and recr):
            di=c['mamba_n_heads']*c['mamba_d_head'];g=c['mamba_n_groups'];ds=c['mamba_d_state'];nh=c['mamba_n_heads'];cd=di+2*g*ds
            add(p+'ssm_in.weight',h,di+cd+nh);add(p+'ssm_conv1d.weight',4,cd,f32=True);add(p+'ssm_conv1d.bias',cd);add(p+'ssm_dt.bias',nh)
            add(p+'ssm_a',1,nh,f32=True);add(p+'ssm_d',1,nh,f32=True)
            if a!='falcon-h1' or c['mamba_rms_norm']: add(p+'ssm_norm.weight',di//g,g,f32=True)
            add(p+'ssm_out.weight',di,h)
        if a=='qwen3next' and recr:
            kd=16*128;vd=32*128
            add(p+'attn_qkv.weight',h,kd*2+vd);add(p+'attn_gate.weight',h,vd);add(p+'ssm_conv1d.weight',4,kd*2+vd,f32=True);add(p+'ssm_dt.bias',32);add(p+'ssm_a',32)
            add(p+'ssm_ba.weight',h,64);add(p+'ssm_norm.weight',128);add(p+'ssm_out.weight',vd,h)
        if not recr:
            if a=='phi3': add(p+'attn_qkv.weight',h,(H+2*K)*hd)
            else:
                add(p+'attn_q.weight',h,H*hd*(2 if a=='qwen3next' else 1));add(p+'attn_k.weight',h,K*hd);add(p+'attn_v.weight',h,K*hd)
                if c.get('attention_bias'):
                    add(p+'attn_q.bias',H*hd);add(p+'attn_k.bias',K*hd);add(p+'attn_v.bias',K*hd)
            add(p+'attn_output.weight',H*hd,h)
            if a=='gpt-oss': add(p+'attn_output.bias',h);add(p+'attn_sinks.weight',H)
            if qk: add(p+'attn_q_norm.weight',hd);add(p+'attn_k_norm.weight',hd)
        if a in('gemma2','gemma3'): add(p+'post_attention_norm.weight',h);add(p+'post_ffw_norm.weight',h)
        if a in('gpt-oss','qwen3next'): add(p+'post_attention_norm.weight',h)
        elif a=='falcon-h1': add(p+'ffn_norm',h)
        elif a!='command-r': add(p+'ffn_norm.weight',h)
        if E:
            me=c.get('moe_intermediate_size') or ff
            add(p+'ffn_gate_inp.weight',h,E,f32=True)
            add(p+'ffn_gate_exps.weight',h,me,E);add(p+'ffn_up_exps.weight',h,me,E);add(p+'ffn_down_exps.weight',me,h,E)
            if a=='gpt-oss':
                add(p+'ffn_gate_inp.bias',E)
                add(p+'ffn_gate_exps.bias',me,E,f32=True);add(p+'ffn_up_exps.bias',me,E,f32=True);add(p+'ffn_down_exps.bias',h,E,f32=True)
            sh=c.get('shared_intermediate_size') or c.get('shared_expert_intermediate_size')
            if sh:
                if a=='qwen3next': add(p+'ffn_gate_inp_shexp.weight',h)
                add(p+'ffn_gate_shexp.weight',h,sh);add(p+'ffn_up_shexp.weight',h,sh);add(p+'ffn_down_shexp.weight',sh,h)
        elif a=='phi3': add(p+'ffn_up.weight',h,2*ff);add(p+'ffn_down.weight',ff,h)
        else: add(p+'ffn_gate.weight',h,ff);add(p+'ffn_up.weight',h,ff);add(p+'ffn_down.weight',ff,h)
    n=0
    for _,ne,_f in t:
        x=1
        for d in ne:x*=d
        n+=x
    return kv,t,n
def build(name,ft):
    kv,t,n=define(name); c=M[name]
    tv=vocab_kv(c['vocab_size'])
    base=[(nm,ne,'F32' if (f or len(ne)==1) else 'F16') for nm,ne,f in t]
    out=f'{ROOT}/gguf/{name}-{ft}.gguf'; hdr=f'{ROOT}/headers/{name}-{ft}.header.gguf'
    if ft!='F16':
        f16=f'{ROOT}/build/{name}-f16.gguf'
        if not os.path.exists(f16): write(f16,kv+[('general.file_type',1)]+tv,base)
        r=subprocess.run([QZ,f16,str(FT[ft])],capture_output=True,text=True)
        log=r.stdout+r.stderr
        open(f'{ROOT}/build/{name}-{ft}.quant.log','w').write(log)
        ty={}
        for ln in log.splitlines():
            g=re.match(r'\[\s*\d+/\s*\d+\]\s+(\S+)\s+- \[.*type =\s*(\S+), size =.*?(?:\((\S+)\))?\s*$',ln)
            if g: ty[g[1]]=(g[3] or g[2]).upper().replace('IQ4_XS','IQ4_XS')
        assert r.returncode==0 and len(ty)==len(base),(name,ft,r.returncode,len(ty),len(base),log[-1500:])
        base=[(nm,ne,ty[nm]) for nm,ne,_ in base]
    # put exps bytes in real order; file order here = definition order
    size=write(out,kv+[('general.file_type',FT[ft])]+tv,base,hdr)
    tb=sum(nb(ty,ne) for _,ne,ty in base)
    cfg=dict(c); cfg['n_params_total']=n
    json.dump(cfg,open(f'{ROOT}/configs/{name}.json','w'),indent=1)
    return n,size,tb
PUB={('Llama-3.1-8B','Q4_K_M'):4.92,('Llama-3.1-8B','Q8_0'):8.54,('Llama-3.1-8B','F16'):16.07,('Llama-3.1-8B','Q6_K'):6.60,('Llama-3.1-8B','Q3_K_M'):4.02,('Llama-3.1-8B','Q2_K'):3.18,('Llama-3.1-8B','IQ4_XS'):4.45,('Llama-3.1-8B','Q5_K_M'):5.73,('Llama-3.1-8B','Q4_0'):4.66,
('Llama-3.2-1B','Q4_K_M'):0.81,('Llama-3.2-1B','Q8_0'):1.32,('Llama-3.2-1B','F16'):2.48,('Llama-3.3-70B','Q4_K_M'):42.52,('Llama-3.3-70B','IQ4_XS'):37.90,('Llama-3.3-70B','Q3_K_M'):34.27,('Mistral-7B-v0.3','Q4_K_M'):4.37,('Mixtral-8x7B','Q4_K_M'):26.4,
('Qwen2.5-14B','Q4_K_M'):8.99,('Qwen2.5-32B','Q4_K_M'):19.85,('Qwen3-8B','Q4_K_M'):5.03,('Qwen3-14B','Q4_K_M'):9.00,('Qwen3-30B-A3B','Q4_K_M'):18.56,('Qwen3-235B-A22B','Q4_K_M'):142.3,('Gemma-2-9B','Q4_K_M'):5.76,('Gemma-3-27B','Q4_K_M'):16.55,('Phi-4-14B','Q4_K_M'):9.05,('gpt-oss-20b','MXFP4_MOE'):12.11,('gpt-oss-120b','MXFP4_MOE'):63.39,('DeepSeek-R1-671B','Q4_K_M'):404.4,('DeepSeek-V2-Lite','Q4_K_M'):10.36,('Command-R-35B','Q4_K_M'):21.53,('Qwen3-Next-80B-A3B','Q4_K_M'):48.4,('Granite-4.0-H-Tiny','Q4_K_M'):4.23,('Falcon-H1-7B','Q4_K_M'):4.60}
WANT=[('Llama-3.1-8B',x) for x in('F16','Q8_0','Q6_K','Q5_K_M','Q4_K_M','Q4_0','Q3_K_M','Q2_K','IQ4_XS')]+[('Llama-3.2-1B',x) for x in('F16','Q8_0','Q4_K_M')]+[('Llama-3.3-70B',x) for x in('Q4_K_M','IQ4_XS','Q3_K_M')]+[('Llama-3.1-405B','Q4_K_M'),('Llama-3.1-405B','Q2_K'),('Mistral-7B-v0.3','Q4_K_M'),('Mistral-7B-v0.3','Q8_0'),('Mixtral-8x7B','Q4_K_M'),('Mixtral-8x22B','Q3_K_M'),('Qwen2.5-14B','Q4_K_M'),('Qwen2.5-14B','Q6_K'),('Qwen2.5-32B','Q4_K_M'),('Qwen3-8B','Q4_K_M'),('Qwen3-8B','Q8_0'),('Qwen3-14B','Q4_K_M'),('Qwen3-14B','Q5_K_M'),('Qwen3-30B-A3B','Q4_K_M'),('Qwen3-235B-A22B','Q4_K_M'),('Gemma-2-9B','Q4_K_M'),('Gemma-2-9B','Q8_0'),('Gemma-3-27B','Q4_K_M'),('Gemma-3-27B','Q4_0'),('Phi-4-14B','Q4_K_M'),('gpt-oss-20b','MXFP4_MOE'),('gpt-oss-120b','MXFP4_MOE'),('DeepSeek-R1-671B','Q4_K_M'),('DeepSeek-R1-671B','Q2_K'),('DeepSeek-V2-Lite','Q4_K_M'),('Command-R-35B','Q4_K_M'),('Falcon-H1-7B','Q4_K_M'),('Qwen3-Next-80B-A3B','Q4_K_M'),('Granite-4.0-H-Tiny','Q4_K_M')]
if __name__=='__main__':
    if sys.argv[1:]==['params']:
        for n in M: print(f'{n:22s} {define(n)[2]/1e9:9.3f} B')
        sys.exit()
    rows=[]
    for n,ft in WANT:
        try: p,sz,tb=build(n,ft)
        except AssertionError as e: print('FAIL',n,ft,str(e)[-1200:]); continue
        pub=PUB.get((n,ft)); rows.append((n,ft,p,sz,tb,pub))
        print(f'{n:20s} {ft:10s} params {p/1e9:8.3f}B file {sz/1e9:8.3f} GB  published {pub} ' + (f'{(sz/1e9/pub-1)*100:+.2f}%' if pub else ''),flush=True)
    with open(f'{ROOT}/gguf_sizes.csv','w') as f:
        f.write('model,file_type,n_params,gguf_file_bytes,tensor_bytes,published_GB\n')
        for r in rows: f.write(','.join('' if x is None else str(x) for x in r)+'\n')
