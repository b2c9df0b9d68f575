#compdef owgen
# Completion of owgen for zsh: save it as _owgen in a folder of $fpath, or source <(owgen completion zsh)
_owgen() {
  local line value files nospace
  local -a values
  while IFS= read -r line; do
    case $line in
      :files) files=_files ;;
      :dirs) files=(_files -/) ;;
      :nospace) nospace=1 ;;
      *)
        value=${${line%%$'\t'*}//:/\\:}
        [[ $line == *$'\t'* ]] && value+=:${line#*$'\t'}
        values+=("$value")
        ;;
    esac
  done < <("${words[1]}" complete zsh "${(@)words[2,CURRENT]}" 2>/dev/null)
  if ((${#values})); then
    _describe -t owgen owgen values ${nospace:+-S} ${nospace:+''}
  fi
  if ((${#files})); then
    [[ ${words[CURRENT]} == --*=* ]] && compset -P 1 '*='
    $files
  fi
}
if [[ ${funcstack[1]} == _owgen ]]; then
  _owgen "$@"
else
  compdef _owgen owgen
fi
