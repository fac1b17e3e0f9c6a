# The shell of a lab node.
case $- in *i*) ;; *) return ;; esac

HISTSIZE=5000
HISTFILESIZE=10000
HISTCONTROL=ignoreboth
shopt -s histappend checkwinsize

# Colours. The prompt carries the node's colour, the same one the page gives to its code blocks.
case $HOSTNAME in
  node-1) NETLOOM_COLOUR='38;2;79;209;197' ;;
  node-2) NETLOOM_COLOUR='38;2;183;148;244' ;;
  *) NETLOOM_COLOUR='38;5;250' ;;
esac
eval "$(dircolors -b)"
alias ls='ls --color=auto'
alias ll='ls -alF'
alias grep='grep --color=auto'
alias diff='diff --color=auto'
alias ip='ip -color=auto'
alias bridge='bridge -color=auto'
export LESS=-R
export LESS_TERMCAP_md=$'\e[1;36m' LESS_TERMCAP_me=$'\e[0m'
export LESS_TERMCAP_us=$'\e[4;33m' LESS_TERMCAP_ue=$'\e[0m'
export GROFF_NO_SGR=1
export EDITOR=vim

# OSC 133 tells the page where a prompt begins (A) and ends (B), where output begins (C) and how a command ended
# (D;status). The arithmetic in PS0 notes that a command ran without a subshell: Enter on an empty line ends nothing.
__netloom_ran=0
__netloom_prompt() {
  local status=$?
  if (( __netloom_ran )); then
    printf '\e]133;D;%d\a' "$status"
    __netloom_ran=0
  fi
  return "$status"
}
PROMPT_COMMAND=__netloom_prompt
PS0='\e]133;C\a${HISTCMD:$((__netloom_ran=1,0)):0}'
PS1='\[\e]133;A\a\e['$NETLOOM_COLOUR'm\]\u@\h\[\e[0m\]:\w\$ \[\e]133;B\a\]'
unset NETLOOM_COLOUR

. /usr/share/bash-completion/bash_completion
# bash-completion takes names from `ip link`, where a veth is `ens33@if3`: no command accepts that.
_available_interfaces() {
  COMPREPLY=($(compgen -W "$(sed -n 's/^ *\([^:]*\):.*/\1/p' /proc/net/dev)" -- "${cur-}"))
}
